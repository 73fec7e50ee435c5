import torch


def gradients(G, A, B):
    return G @ B.transpose(0, 1), A.transpose(0, 1) @ G


def train(W0, A, B, X, Y, lr, steps):
    A, B = A.clone(), B.clone()
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = X.T @ E * 2 / E.numel()
        grad_A, grad_B = gradients(G, A, B)
        A -= lr * grad_A
        B -= lr * grad_B
    return W0 + A @ B


def init(m, k, l, generator):
    A = torch.zeros(m, k)
    B = torch.nn.init.xavier_uniform_(torch.empty(k, l), generator=generator)
    return A, B


class adapter(torch.nn.Module):
    def __init__(self, m, k, l):
        super().__init__()
        self.A = torch.nn.Parameter(torch.empty(m, k))
        self.B = torch.nn.Parameter(torch.empty(k, l))
        torch.nn.init.xavier_uniform_(self.A)
        torch.nn.init.xavier_uniform_(self.B)
