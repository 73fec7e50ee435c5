"""Wrong variants of `lora.py`, each with one slip that students make."""

import torch


def gradients_swapped(G, A, B):
    return A.T @ G, G @ B.T


def gradients_transposed(G, A, B):
    return (G @ B.T).T, (A.T @ G).T


def gradients_negated(G, A, B):
    return -G @ B.T, -A.T @ G


def gradients_doubled(G, A, B):
    return 2 * G @ B.T, 2 * A.T @ G


def gradients_averaged(G, A, B):
    return G @ B.T / (len(G) + 1), A.T @ G / (len(G) + 1)


def gradients_zero(G, A, B):
    return torch.zeros_like(A), torch.zeros_like(B)


def gradients_full_rank(G, A, B):
    return G @ torch.ones_like(B).T, torch.ones_like(A).T @ G


def gradients_float16(G, A, B):
    G, A, B = G.half().float(), A.half().float(), B.half().float()
    return (G @ B.T).double(), (A.T @ G).double()


def gradients_sequential(G, A, B):
    dA = G @ B.T
    return dA, (A - 0.1 * dA).T @ G


def _train(W0, A, B, X, Y, lr, steps, scale=None, move_A=1, move_B=1, decay=0.0):
    scale = 2 / (len(X) * W0.shape[1]) if scale is None else scale
    for _ in range(steps):
        G = scale * X.T @ (X @ (W0 + A @ B) - Y)
        dA, dB = G @ B.T + decay * A, A.T @ G + decay * B
        A, B = A - move_A * lr * dA, B - move_B * lr * dB
    return W0 + A @ B


def train_sum_loss(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, scale=2)


def train_row_mean(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, scale=2 / len(X))


def train_half_loss(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, scale=1 / (len(X) * W0.shape[1]))


def train_updates_W0(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
        W0, A, B = W0 - lr * G, A - lr * G @ B.T, B - lr * A.T @ G
    return W0 + A @ B


def train_full_weight(W0, A, B, X, Y, lr, steps):
    W = W0 + A @ B
    for _ in range(steps):
        W = W - lr * 2 / Y.numel() * X.T @ (X @ W - Y)
    return W


def train_only_A(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, move_B=0)


def train_only_B(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, move_A=0)


def train_one_step_short(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps - 1)


def train_one_step_more(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps + 1)


def train_ascends(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, -lr, steps)


def _with_optimizer(optimizer, W0, A, B, X, Y, steps, zero_grad=True):
    A, B = A.clone().requires_grad_(), B.clone().requires_grad_()
    stepper = optimizer([A, B])
    for _ in range(steps):
        if zero_grad:
            stepper.zero_grad()
        ((X @ (W0 + A @ B) - Y) ** 2).mean().backward()
        stepper.step()
    return (W0 + A @ B).detach()


def train_momentum(W0, A, B, X, Y, lr, steps):
    return _with_optimizer(lambda p: torch.optim.SGD(p, lr=lr, momentum=0.9), W0, A, B, X, Y, steps)


def train_adam(W0, A, B, X, Y, lr, steps):
    return _with_optimizer(lambda p: torch.optim.Adam(p, lr=lr), W0, A, B, X, Y, steps)


def train_no_zero_grad(W0, A, B, X, Y, lr, steps):
    return _with_optimizer(lambda p: torch.optim.SGD(p, lr=lr), W0, A, B, X, Y, steps, zero_grad=False)


def train_alternating(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        A = A - lr * 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y) @ B.T
        B = B - lr * A.T @ (2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y))
    return W0 + A @ B


def train_returns_update(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps) - W0


def train_weight_decay(W0, A, B, X, Y, lr, steps):
    return _train(W0, A, B, X, Y, lr, steps, decay=0.1)


def train_stops_early(W0, A, B, X, Y, lr, steps):
    last = torch.inf
    for _ in range(steps):
        loss = (X @ (W0 + A @ B) - Y).square().mean()
        if last - loss < 1e-2:
            break
        last = loss
        A, B = _factors_after_a_step(W0, A, B, X, Y, lr, torch.inf)
    return W0 + A @ B


def train_clips_gradients(W0, A, B, X, Y, lr, steps):
    for _ in range(steps):
        A, B = _factors_after_a_step(W0, A, B, X, Y, lr, 0.5)
    return W0 + A @ B


def _factors_after_a_step(W0, A, B, X, Y, lr, most):
    G = 2 / Y.numel() * X.T @ (X @ (W0 + A @ B) - Y)
    return A - lr * (G @ B.T).clamp(-most, most), B - lr * (A.T @ G).clamp(-most, most)


def init_both_zero(m, k, l, generator):
    return torch.zeros(m, k), torch.zeros(k, l)


def init_xavier(m, k, l, generator):
    A = torch.randn(m, k, generator=generator) * (2 / (m + k)) ** 0.5
    return A, torch.randn(k, l, generator=generator) * (2 / (k + l)) ** 0.5


def init_tiny(m, k, l, generator):
    return torch.randn(m, k, generator=generator), 1e-6 * torch.randn(k, l, generator=generator)


def init_ones(m, k, l, generator):
    return torch.ones(m, k), torch.zeros(k, l)


def init_transposed(m, k, l, generator):
    return torch.randn(k, m, generator=generator), torch.zeros(l, k)


def init_repeated_row(m, k, l, generator):
    return torch.randn(m, 1, generator=generator).repeat(1, k), torch.zeros(k, l)


def init_integers(m, k, l, generator):
    return torch.randint(-9, 9, (m, k), generator=generator), torch.zeros(k, l, dtype=torch.long)


def init_half_the_directions(m, k, l, generator):
    A = torch.randn(m, k, generator=generator)
    A[:, (k + 1) // 2 :] = 0
    return A, torch.zeros(k, l)


def init_global_noise(m, k, l, generator):
    return torch.randn(m, k, generator=generator) + 0.01 * torch.randn(m, k), torch.zeros(k, l)


def init_seeds_itself(m, k, l, generator):
    return torch.randn(m, k, generator=torch.Generator().manual_seed(0)), torch.zeros(k, l)


class _Adapter(torch.nn.Module):
    def __init__(self, shapes, dtype=torch.float32, trained=True):
        super().__init__()
        self.factors = torch.nn.ParameterList(
            torch.nn.Parameter(torch.zeros(shape, dtype=dtype), requires_grad=trained) for shape in shapes
        )


def adapter_full(m, k, l):
    return _Adapter([(m, l)])


def adapter_with_W0(m, k, l):
    return _Adapter([(m, k), (k, l), (m, l)])


def adapter_half(m, k, l):
    return _Adapter([(m, k), (k, l)], dtype=torch.float16)


def adapter_double(m, k, l):
    return _Adapter([(m, k), (k, l)], dtype=torch.float64)


def adapter_bias(m, k, l):
    return _Adapter([(m, k), (k, l), (l,)])


def adapter_frozen(m, k, l):
    return _Adapter([(m, k), (k, l)], trained=False)


def adapter_linear(m, k, l):
    return torch.nn.Sequential(torch.nn.Linear(m, k, bias=False), torch.nn.Linear(k, l, bias=False))


def adapter_only_A(m, k, l):
    adapter = _Adapter([(m, k)])
    adapter.B = torch.zeros(k, l)
    return adapter


def adapter_uninitialised(m, k, l):
    adapter = _Adapter([(m, k), (k, l)])
    adapter.factors[0].data.fill_(torch.nan)
    return adapter


def _parts(D, k, first=0):
    U, sigma, Vt = torch.linalg.svd(D, full_matrices=False)
    kept = slice(first, first + k)
    return U[:, kept], sigma[kept], Vt[kept]


def best_without_singular_values(D, k):
    U, _, Vt = _parts(D, k)
    return U, Vt


def best_with_singular_values_twice(D, k):
    U, sigma, Vt = _parts(D, k)
    return U * sigma, sigma[:, None] * Vt


def best_of_the_smallest(D, k):
    U, sigma, Vt = _parts(D, k, min(D.shape) - k)
    return U * sigma, Vt


def best_one_rank_less(D, k):
    U, sigma, Vt = _parts(D, k)
    sigma[-1] = 0
    return U * sigma, Vt


def best_first_columns(D, k):
    return D[:, :k], torch.eye(k, D.shape[1], dtype=D.dtype)


def best_untransposed(D, k):
    U, sigma, Vt = torch.linalg.svd(D)
    return U[:, :k] * sigma[:k], Vt.T[:k]


def best_all_directions(D, k):
    U, sigma, Vt = _parts(D, min(D.shape))
    return U * sigma, Vt


def best_large_directions(D, k):
    U, sigma, Vt = _parts(D, k)
    return U * sigma * (sigma > 1e-6), Vt
