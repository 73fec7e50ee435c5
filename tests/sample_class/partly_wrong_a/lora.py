import torch


def gradients(G, A, B):
    return A.T @ G, G @ B.T


def train(W0, A, B, X, Y, lr, steps):
    A = A.clone().requires_grad_(True)
    B = B.clone().requires_grad_(True)
    for _ in range(steps):
        loss = ((X @ (W0 + A @ B) - Y) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            A -= lr * A.grad
            B -= lr * B.grad
            A.grad.zero_()
            B.grad.zero_()
    return W0 + A @ B


def init(m, k, l, generator):
    return torch.zeros(m, k), torch.zeros(k, l)


def adapter(m, k, l):
    return torch.nn.Linear(m, l)
