import torch


def gradients(G, A, B)
    return G @ B.T, A.T @ G


def init(m, k, l, generator):
    return torch.randn(m, k, generator=generator), torch.zeros(k, l)
