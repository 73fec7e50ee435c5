import torch


def gradients(G, A, B):
    return G @ B.T, A.T @ G


def train(W0, A, B, X, Y, lr, steps):
    step = 0
    while step < steps:
        G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
        dA, dB = gradients(G, A, B)
        A, B = A - lr * dA, B - lr * dB
    return W0 + A @ B


def init(m, k, l, generator):
    return torch.randn(m, k, generator=generator), torch.zeros(k, l)


class Adapter(torch.nn.Module):
    def __init__(self, m, k, l):
        super().__init__()
        self.A = torch.nn.Parameter(torch.zeros(m, k))
        self.B = torch.nn.Parameter(torch.zeros(k, l))


adapter = Adapter
