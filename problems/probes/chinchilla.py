"""The loss under a budget, minimised and differentiated by machine. Knows no formula for either."""

import torch


def loss(log_N, A, B, C, C_0, L_0, alpha, beta):
    """L at N = exp(log_N) parameters and the tokens that the budget leaves."""
    N = log_N.exp()
    return A / N**alpha + B / (C / (C_0 * N)) ** beta + L_0


def minimum(A, B, C, C_0, L_0, alpha, beta):
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


def slope(N, A, B, C, C_0, L_0, alpha, beta):
    """dL/dN by automatic differentiation."""
    N = torch.tensor(N, dtype=torch.float64, requires_grad=True)
    (derivative,) = torch.autograd.grad(loss(N.log(), A, B, C, C_0, L_0, alpha, beta), N)
    return derivative.item()
