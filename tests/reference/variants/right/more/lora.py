"""Right variants of the functions in lora.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math, copy
import numpy as np
from torch import nn
import torch.nn.functional as F


def gradients__tuple_of_arrays(G, A, B, **unused):
    G, A, B = (np.asarray(t, dtype=np.float32) for t in (G, A, B))
    return tuple([G.dot(B.T), A.T.dot(G)])


def gradients__in_place(G, A, B):
    dA = torch.empty_like(A)
    torch.mm(G, B.t(), out=dA)
    A.t_()
    return [dA, A @ G]


def gradients__func_grad(G, A, B):
    return torch.func.grad(lambda A, B: torch.einsum("ml,mk,kl->", G, A, B), argnums=(0, 1))(A, B)


def gradients__requires_grad(G, A, B):
    A, B = A.requires_grad_(), B.requires_grad_()
    return G @ B.mT, A.mT @ G


def gradients__nested_numbers(G, A, B):
    dA, dB = G.float() @ B.float().T, A.float().T @ G.float()
    return dA.tolist(), [[np.float32(x) for x in row] for row in dB]


def train__modify_in_place(W0, A, B, X, Y, lr, steps):
    while steps:
        R = (X @ W0).addmm(X @ A, B).sub_(Y).mul_(2 / Y.numel())
        dA, dB = X.mT @ R @ B.mT, A.mT @ (X.mT @ R)
        A.sub_(lr * dA)
        B.sub_(lr * dB)
        steps -= 1
    return W0.add_(A @ B)


def train__generator_steps(W0, A, B, X, Y, lr, steps):
    from functools import reduce

    def step(AB, _):
        A, B = AB
        G = X.T @ (X @ (W0 + A @ B) - Y) * 2 / Y.shape[0] / Y.shape[1]
        return A - lr * G @ B.T, B - lr * A.T @ G

    A, B = reduce(step, range(steps), (A, B))
    return torch.nn.Parameter(W0 + A @ B)


def train__linear_with_hooks(W0, A, B, X, Y, lr, steps):
    a, b = (
        nn.Linear(A.shape[0], A.shape[1], bias=False).double(),
        nn.Linear(B.shape[0], B.shape[1], bias=False).double(),
    )
    a.weight.data, b.weight.data = A.T.clone(), B.T.clone()
    opt = torch.optim.SGD([*a.parameters(), *b.parameters()], lr=lr)
    for _ in range(steps):
        opt.zero_grad()
        F.mse_loss(X @ W0 + b(a(X)), Y).backward()
        opt.step()
    return W0 + (b.weight @ a.weight).T.detach()


def train__einsum_arrays(W0, A, B, X, Y, lr, steps):
    W0, A, B, X, Y = (t.numpy() for t in (W0, A, B, X, Y))
    for _ in range(steps):
        E = np.einsum("nm,ml->nl", X, W0 + A @ B) - Y
        G = np.einsum("nm,nl->ml", X, E) * (2 / E.size)
        A, B = A - lr * np.einsum("ml,kl->mk", G, B), B - lr * np.einsum("mk,ml->kl", A, G)
    return [list(map(float, row)) for row in W0 + A @ B]


def init__trunc(m, k, l, generator):
    A = torch.empty(m, k)
    nn.init.trunc_normal_(A, std=0.02, generator=generator)
    return A, A.new_zeros(k, l)


def init__loops(m, k, l, generator):
    return [[torch.randn((), generator=generator).item() for _ in range(k)] for _ in range(m)], np.zeros(
        (k, l), dtype=np.float32
    )


def init__B_random_list(m, k, l, generator):
    return [torch.zeros(m, k), torch.randn(l, k, generator=generator).T]


def init__bernoulli_free(m, k, l, generator):
    A = torch.zeros(m, k).uniform_(-1, 1, generator=generator) * math.sqrt(6 / m)
    return A.requires_grad_(), nn.Parameter(torch.zeros(k, l))


def adapter__register(m, k, l):
    a = nn.Module()
    a.register_parameter("B", nn.Parameter(torch.zeros(k, l)))
    a.register_parameter("A", nn.Parameter(torch.rand(m, k)))
    return a


def adapter__with_buffer(m, k, l):
    a = nn.Module()
    a.A = nn.Parameter(torch.rand(m, k))
    a.B = nn.Parameter(torch.zeros(k, l))
    a.register_buffer("W0", torch.zeros(m, l))
    return a


def adapter__modules(m, k, l):
    class Low(nn.Module):
        def __init__(self, *shape, std):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(shape) * std)

    return nn.ModuleDict({"down": Low(m, k, std=0.1), "up": Low(k, l, std=0)})


def adapter__typed(m: int, k: int, l: int, dtype=torch.float32):
    return nn.ParameterList([torch.zeros(m, k, dtype=dtype), torch.zeros(k, l, dtype=dtype)])
