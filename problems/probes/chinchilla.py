"""The loss under a budget, minimised and differentiated by machine. Knows no formula for either."""

import torch
from torch import Tensor


def loss(log_N: Tensor, A: float, B: float, C: float, C_0: float, L_0: float, alpha: float, beta: float) -> Tensor:
    """L at N = exp(log_N) parameters and the tokens that the budget leaves."""
    N = log_N.exp()
    return A / N**alpha + B / (C / (C_0 * N)) ** beta + L_0


def minimum(A: float, B: float, C: float, C_0: float, L_0: float, alpha: float, beta: float) -> float:
    """The N at which the loss is least: Newton's method in log N, where the loss is convex."""
    log_N = torch.zeros((), dtype=torch.float64, requires_grad=True)
    for _ in range(200):
        (slope,) = torch.autograd.grad(loss(log_N, A, B, C, C_0, L_0, alpha, beta), log_N, create_graph=True)
        (curvature,) = torch.autograd.grad(slope, log_N)
        step = (slope.detach() / curvature).clamp(-5, 5)
        log_N = (log_N.detach() - step).requires_grad_()
        if step.abs() < 1e-13:
            break
    return log_N.exp().item()


def slope(N: float, A: float, B: float, C: float, C_0: float, L_0: float, alpha: float, beta: float) -> float:
    """dL/dN by automatic differentiation."""
    size = torch.tensor(N, dtype=torch.float64, requires_grad=True)
    (derivative,) = torch.autograd.grad(loss(size.log(), A, B, C, C_0, L_0, alpha, beta), size)
    return derivative.item()
