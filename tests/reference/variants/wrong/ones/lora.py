"""Wrong only where a length or a number of steps is 1."""

import torch


def train__squeezed_rows(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return (W0 + A @ B).squeeze(0)


def train__at_least_two_steps(W0, A, B, X, Y, lr, steps):
    for _ in range(max(steps, 2)):
        G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def adapter__column_as_a_vector(m, k, l):
    module = torch.nn.Module()
    module.A = torch.nn.Parameter(torch.randn(m, k))
    module.B = torch.nn.Parameter(torch.zeros(k, l) if l > 1 else torch.zeros(k))
    return module
