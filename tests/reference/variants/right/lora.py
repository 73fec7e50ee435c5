"""Right variants of the functions of the adapter, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def gradients__ref(G, A, B):
    return G @ B.T, A.T @ G


def gradients__autograd(G, A, B):
    A = A.detach().clone().requires_grad_(True)
    B = B.detach().clone().requires_grad_(True)
    loss = (G * (A @ B)).sum()
    loss.backward()
    return A.grad, B.grad


def gradients__loops(G, A, B):
    m, l = G.shape
    k = A.shape[1]
    dA = torch.zeros(m, k)
    dB = torch.zeros(k, l)
    for i in range(m):
        for j in range(k):
            dA[i, j] = sum(G[i, c] * B[j, c] for c in range(l))
    for i in range(k):
        for j in range(l):
            dB[i, j] = sum(A[r, i] * G[r, j] for r in range(m))
    return dA, dB


def gradients__views(G: torch.Tensor, A: torch.Tensor, B: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return (B @ G.t()).t(), (G.t() @ A).t()


def train__ref(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        error = X @ (W0 + A @ B) - Y
        G = 2 / error.numel() * X.T @ error
        dA, dB = G @ B.T, A.T @ G
        A, B = A - lr * dA, B - lr * dB
    return W0 + A @ B


def train__module(W0, A, B, X, Y, lr, steps, *, momentum=0.0):
    class LoRA(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("W0", W0)
            self.A = nn.Parameter(A.detach().clone())
            self.B = nn.Parameter(B.detach().clone())

        def weight(self):
            return self.W0 + self.A @ self.B

        def forward(self, x):
            return x @ self.weight()

    model = LoRA()
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    for _ in range(steps):
        opt.zero_grad(set_to_none=True)
        ((model(X) - Y) ** 2).mean().backward()
        opt.step()
    return model.weight().detach()


def train__numpy(W0, A, B, X, Y, lr, steps):
    W0, A, B, X, Y = [t.numpy().astype(np.float64) for t in (W0, A, B, X, Y)]
    for _ in range(steps):
        G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.size
        A, B = A - lr * (G @ B.T), B - lr * (A.T @ G)
    return W0 + A @ B


def train__float32(W0, A, B, X, Y, lr, steps):
    W0, A, B, X, Y = (t.float() for t in (W0, A, B, X, Y))
    A.requires_grad_()
    B.requires_grad_()
    for _ in range(steps):
        loss = ((X @ (W0 + A @ B) - Y) ** 2).mean()
        gA, gB = torch.autograd.grad(loss, [A, B])
        with torch.no_grad():
            A -= lr * gA
            B -= lr * gB
    return (W0 + A @ B).detach()


def init__ref(m, k, l, generator):
    return torch.randn(m, k, generator=generator) / m**0.5, torch.zeros(k, l)


def init__zeroA(m, k, l, generator):
    B = torch.empty(k, l, dtype=torch.float64).normal_(0, 0.02, generator=generator)
    return torch.zeros(m, k, dtype=torch.float64), B


def init__orthogonal(m, k, l, generator):
    Q = nn.init.orthogonal_(torch.empty(m, k), generator=generator)
    return Q, torch.zeros(k, l)


def init__list(m, k, l, generator):
    return torch.randn(m, k, generator=generator).tolist(), [[0.0] * l for _ in range(k)]


def adapter__ref(m, k, l):
    class Adapter(nn.Module):
        def __init__(self):
            super().__init__()
            self.A = nn.Parameter(torch.randn(m, k) / m**0.5)
            self.B = nn.Parameter(torch.zeros(k, l))

        def forward(self, x):
            return x @ self.A @ self.B

    return Adapter()


def adapter__paramdict(m, k, l):
    return nn.ParameterDict({"A": torch.zeros(m, k), "B": torch.randn(k, l)})


def adapter__linear_swapped(m, k, l):
    first, second = nn.Linear(k, m, bias=False), nn.Linear(l, k, bias=False)
    nn.init.zeros_(second.weight)
    return nn.ModuleList([first, second])


def train__float32list(W0, A, B, X, Y, lr, steps):
    W0, A, B, X, Y = (t.float() for t in (W0, A, B, X, Y))
    for _ in range(steps):
        E = X @ (W0 + A @ B) - Y
        G = 2 / E.numel() * X.T @ E
        A, B = A - lr * G @ B.T, B - lr * A.T @ G
    return (W0 + A @ B).tolist()


def gradients__einsum(G, A, B):
    return torch.einsum("ml,kl->mk", G, B), torch.einsum("mk,ml->kl", A, G).numpy()


def train__functional(W0, A, B, X, Y, lr, steps):
    loss = torch.func.grad(lambda A, B: F.mse_loss(X @ (W0 + A @ B), Y), argnums=(0, 1))
    for _ in range(steps):
        dA, dB = loss(A, B)
        A, B = A - lr * dA, B - lr * dB
    return torch.add(W0, A @ B)


def init__halves(m, k, l, generator):
    A, B = torch.randn(m, k, generator=generator), torch.randn(k, l, generator=generator)
    A[:, ::2], B[1::2] = 0, 0
    return A, B


def init__uniform_parameters(m, k, l, generator):
    A = nn.Parameter(torch.empty(m, k).uniform_(-1e-3, 1e-3, generator=generator))
    return A, nn.Parameter(torch.zeros(k, l))


def adapter__sequential(m, k, l):
    return nn.Sequential(nn.Linear(l, k, bias=False), nn.Linear(k, m, bias=False))


def gradients__numpy(G, A, B):
    G, A, B = G.numpy(), A.numpy(), B.numpy()
    return G.dot(B.T), A.T.dot(G)


def gradients__vjp(G, A, B):
    _, pull = torch.func.vjp(lambda a, b: a @ b, A, B)
    return pull(G)


def gradients__linear_layers(G, A, B):
    a, b = nn.Parameter(A.clone()), nn.Parameter(B.clone())
    (a @ b).backward(G)
    return a.grad, b.grad


def gradients__list_comprehension(G, A, B):
    return [torch.stack([G @ row for row in B], dim=1), torch.stack([column @ G for column in A.T])]


def train__grad_api(W0, A, B, X, Y, lr, steps):
    A, B = A.clone().requires_grad_(), B.clone().requires_grad_()
    for _ in range(steps):
        loss = nn.functional.mse_loss(X @ (W0 + A @ B), Y)
        gA, gB = torch.autograd.grad(loss, (A, B))
        A, B = (A - lr * gA).detach().requires_grad_(), (B - lr * gB).detach().requires_grad_()
    return (W0 + A @ B).detach()


def train__optimizer_in_place(W0, A, B, X, Y, lr, steps):
    A, B = nn.Parameter(A), nn.Parameter(B)
    opt = torch.optim.SGD([{"params": [A]}, {"params": [B]}], lr=lr)
    while steps:
        opt.zero_grad(set_to_none=False)
        (X @ W0 + X @ A @ B - Y).pow(2).mean().backward()
        opt.step()
        steps -= 1
    return W0 + A @ B


def train__class(W0, A, B, X, Y, lr, steps):
    class Adapted(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("W0", W0)
            self.A = nn.Parameter(A.clone())
            self.B = nn.Parameter(B.clone())

        def weight(self):
            return self.W0 + self.A @ self.B

        def forward(self, x):
            return x @ self.weight()

    model = Adapted()
    rule = torch.optim.SGD(model.parameters(), lr)
    for _ in range(steps):
        rule.zero_grad()
        nn.MSELoss()(model(X), Y).backward()
        rule.step()
    return model.weight().detach().numpy()


def train__recursive(W0, A, B, X, Y, lr, steps):
    if steps == 0:
        return W0 + A @ B
    G = 2 * X.T @ (X @ (W0 + A @ B) - Y) / Y.numel()
    return train__recursive(W0, A - lr * G @ B.T, B - lr * A.T @ G, X, Y, lr, steps - 1)


def init__kaiming_like(m, k, l, generator):
    bound = (3 / k) ** 0.5
    A = (2 * torch.rand(m, k, generator=generator) - 1) * bound
    return A, torch.zeros(k, l)


def init__normal_(m, k, l, generator):
    A = torch.empty(m, k).normal_(0, 0.02, generator=generator)
    return A, torch.zeros(k, l)


def init__nn_init(m, k, l, generator):
    return torch.zeros(m, k), nn.init.xavier_uniform_(torch.empty(k, l), generator=generator)


def init__parameters(m, k, l, generator):
    return nn.Parameter(torch.zeros(m, k, dtype=torch.float64)), nn.Parameter(
        torch.randn(k, l, generator=generator, dtype=torch.float64)
    )


def init__numpy_from_torch(m, k, l, generator):
    return np.zeros((m, k)), torch.randn(k, l, generator=generator).numpy()


def adapter__class(m, k, l):
    class Adapter(nn.Module):
        def __init__(self):
            super().__init__()
            self.A = nn.Parameter(torch.zeros(m, k))
            self.B = nn.Parameter(torch.randn(k, l) / k**0.5)

        def forward(self, x):
            return x @ self.A @ self.B

    return Adapter()


def adapter__parameter_list(m, k, l):
    return nn.ParameterList([torch.randn(m, k), torch.zeros(k, l)])


def adapter__nested(m, k, l):
    outer = nn.Module()
    outer.inner = nn.Module()
    outer.inner.register_parameter("B", nn.Parameter(torch.zeros(k, l)))
    outer.register_parameter("A", nn.Parameter(torch.ones(m, k)))
    outer.register_buffer("W0", torch.zeros(m, l))
    return outer


def best_update__ref(D, k):
    U, s, Vh = torch.linalg.svd(D, full_matrices=False)
    return U[:, :k] @ torch.diag(s[:k]), Vh[:k]


def best_update__numpy(D, k):
    U, s, Vh = np.linalg.svd(D.numpy())
    return (U[:, :k] * s[:k]).tolist(), Vh[:k].tolist()


def best_update__alternating_least_squares(D, k):
    A = D @ torch.randn(D.shape[1], k, dtype=D.dtype, generator=torch.Generator().manual_seed(0))
    for _ in range(60):
        A = torch.linalg.qr(D @ (D.T @ A)).Q
    return A, A.T @ D
