"""Right variants of the functions of the learning-rate experiment, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
import itertools


def train_one__ref(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    loss_of = nn.MSELoss()
    rows = torch.Generator().manual_seed(1_000_003 * (seed + 1) + batch_size)
    for _ in range(n_steps):
        batch = torch.randint(len(X), (batch_size,), generator=rows)
        rule.zero_grad()
        loss_of(model(X[batch]).squeeze(1), y[batch]).backward()
        rule.step()
    with torch.no_grad():
        return float(loss_of(model(X).squeeze(1), y))


def train_one__epochs(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    opt = (torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam)(model.parameters(), lr=lr)
    order, at = torch.randperm(len(X)), 0
    for _ in range(n_steps):
        if at + batch_size > len(X):
            order, at = torch.randperm(len(X)), 0
        idx = order[at : at + batch_size]
        at += batch_size
        opt.zero_grad(set_to_none=True)
        F.mse_loss(model(X[idx]), y[idx, None]).backward()
        opt.step()
    return F.mse_loss(model(X), y[:, None]).item()


def train_one__loader(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    from torch.utils.data import DataLoader, RandomSampler, TensorDataset

    torch.manual_seed(seed)
    model = make_model()
    g = torch.Generator()
    g.manual_seed(seed)
    data = TensorDataset(X, y)
    sampler = RandomSampler(data, replacement=True, num_samples=n_steps * batch_size, generator=g)
    opt = (
        torch.optim.SGD(model.parameters(), lr=lr)
        if optimizer == "sgd"
        else torch.optim.Adam(model.parameters(), lr=lr)
    )
    for xb, yb in DataLoader(data, batch_size=batch_size, sampler=sampler):
        opt.zero_grad()
        F.mse_loss(model(xb).squeeze(-1), yb).backward()
        opt.step()
    with torch.no_grad():
        return F.mse_loss(model(X).squeeze(-1), y).item()


def run_sweep__ref(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    X, y = X.to(device), y.to(device)
    losses = [
        train_one(lambda: make_model().to(device), optimizer, X, y, lr=lr, batch_size=size, n_steps=n_steps, seed=seed)
        for size in batch_sizes
        for lr in learning_rates
        for seed in seeds
    ]
    return torch.tensor(losses).reshape(len(batch_sizes), len(learning_rates), len(seeds))


def run_sweep__numpy(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    table = np.empty((len(batch_sizes), len(learning_rates), len(seeds)))
    for i, B in enumerate(batch_sizes):
        for k, s in enumerate(seeds):
            for j, lr in enumerate(learning_rates):
                table[i, j, k] = train_one(
                    make_model, optimizer, X, y, lr=float(lr), batch_size=int(B), n_steps=n_steps, seed=int(s)
                )
    return table


def run_sweep__transposed(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    t = torch.zeros(len(seeds), len(batch_sizes), len(learning_rates), dtype=torch.float64)
    for k, s in enumerate(seeds):
        for i, B in enumerate(batch_sizes):
            for j, lr in enumerate(learning_rates):
                t[k, i, j] = train_one(make_model, optimizer, X, y, lr=lr, batch_size=B, n_steps=n_steps, seed=s)
    return t.permute(1, 2, 0)


def optimal_lr__ref(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    loss = torch.as_tensor(mse, dtype=torch.float64).nan_to_num(nan=100.0, posinf=100.0)
    loss = loss.clamp(1e-30, 100.0).log()
    curve = loss.mean(dim=2) if loss.ndim == 3 else loss
    found = []
    for row in curve:
        k = int(row.argmin())
        if k == 0 or k == len(x) - 1:
            found.append(float("nan"))
            continue
        x0, x1, x2 = x[k - 1 : k + 2]
        y0, y1, y2 = row[k - 1 : k + 2]
        top = (x1 - x0) ** 2 * (y1 - y2) - (x1 - x2) ** 2 * (y1 - y0)
        bottom = (x1 - x0) * (y1 - y2) - (x1 - x2) * (y1 - y0)
        found.append(float(2 ** (x1 - 0.5 * top / bottom)))
    return torch.tensor(found)


def optimal_lr__meanloss(learning_rates, mse):
    lrs = torch.as_tensor(learning_rates).double()
    m = torch.as_tensor(mse).double().clone()
    m[~torch.isfinite(m)] = 1e4
    if m.dim() == 3:
        m = m.mean(-1)
    L = m.log()
    best = []
    for row in L:
        k = int(torch.argmin(row))
        if k == 0 or k == len(row) - 1:
            best.append(math.nan)
        else:
            x = lrs[k - 1 : k + 2].log()
            A = torch.stack([x**2, x, torch.ones(3, dtype=torch.float64)], 1)
            a, b, c = torch.linalg.solve(A, row[k - 1 : k + 2])
            best.append(float(torch.exp(-b / (2 * a))))
    return best


def optimal_lr__dense(learning_rates, mse):
    x = np.log(np.asarray(learning_rates, dtype=float))
    m = np.asarray(mse, dtype=float)
    m = np.nan_to_num(m, nan=1e5, posinf=1e5)
    m = np.log(m)
    curve = m.mean(-1) if m.ndim == 3 else m
    out = []
    for c in curve:
        k = c.argmin()
        if k in (0, len(x) - 1):
            out.append(np.nan)
            continue
        lo, hi = max(0, k - 2), min(len(x), k + 3)
        p = np.poly1d(np.polyfit(x[lo:hi], c[lo:hi], 4 if hi - lo == 5 else 2))
        grid = np.linspace(x[k - 1], x[k + 1], 2001)
        out.append(np.exp(grid[p(grid).argmin()]))
    return np.asarray(out)


def fit_exponent__ref(batch_sizes, eta_star):
    x = torch.as_tensor(batch_sizes, dtype=torch.float64).log2()
    y = torch.as_tensor(eta_star, dtype=torch.float64).log2()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return float(slope), float(y.mean() - slope * x.mean())


def fit_exponent__lstsq(batch_sizes, eta_star):
    x = torch.log2(torch.tensor(batch_sizes, dtype=torch.float64))
    A = torch.stack([x, torch.ones_like(x)], dim=1)
    sol = torch.linalg.lstsq(A, torch.log2(torch.as_tensor(eta_star).double()).unsqueeze(1)).solution
    return sol[0, 0], sol[1, 0]


def fit_exponent__python(batch_sizes, eta_star):
    xs = [math.log2(b) for b in batch_sizes]
    ys = [math.log2(float(e)) for e in eta_star]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    s = sum((a - mx) * (b - my) for a, b in zip(xs, ys)) / sum((a - mx) ** 2 for a in xs)
    return (s, my - s * mx)


def run_sweep__vmap(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    from torch.func import functional_call, grad, stack_module_state, vmap

    models = []
    for s in seeds:
        torch.manual_seed(s)
        models.append(make_model().to(device))
    base = copy.deepcopy(models[0])
    start, buffers = stack_module_state(models)

    def loss(p, b, x, t):
        return ((functional_call(base, (p, b), (x,)).squeeze(1) - t) ** 2).mean()

    out = torch.zeros(len(batch_sizes), len(learning_rates), len(seeds))
    for i, B in enumerate(batch_sizes):
        for j, lr in enumerate(learning_rates):
            p = {k: v.detach().clone() for k, v in start.items()}
            m = {k: torch.zeros_like(v) for k, v in p.items()}
            q = {k: torch.zeros_like(v) for k, v in p.items()}
            gens = [torch.Generator().manual_seed(s) for s in seeds]
            for t in range(1, n_steps + 1):
                idx = torch.stack([torch.randint(len(X), (B,), generator=g) for g in gens])
                g = vmap(grad(loss))(p, buffers, X[idx], y[idx])
                for k in p:
                    if optimizer == "sgd":
                        p[k] = p[k] - lr * g[k]
                    else:
                        m[k] = 0.9 * m[k] + 0.1 * g[k]
                        q[k] = 0.999 * q[k] + 0.001 * g[k] ** 2
                        p[k] = p[k] - lr * (m[k] / (1 - 0.9**t)) / ((q[k] / (1 - 0.999**t)).sqrt() + 1e-8)
            out[i, j] = vmap(loss, in_dims=(0, 0, None, None))(p, buffers, X, y).detach()
    return out


def train_one__functional(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    p = {k: v.detach().clone() for k, v in model.named_parameters()}
    m = {k: torch.zeros_like(v) for k, v in p.items()}
    q = {k: torch.zeros_like(v) for k, v in p.items()}

    def loss(p, x, t):
        return F.mse_loss(torch.func.functional_call(model, p, (x,)).squeeze(1), t)

    for t in range(1, n_steps + 1):
        i = torch.randint(len(X), (batch_size,))
        g = torch.func.grad(loss)(p, X[i], y[i])
        for k in p:
            if optimizer == "sgd":
                p[k] = p[k] - lr * g[k]
            else:
                m[k] = 0.9 * m[k] + 0.1 * g[k]
                q[k] = 0.999 * q[k] + 0.001 * g[k] ** 2
                p[k] = p[k] - lr * (m[k] / (1 - 0.9**t)) / ((q[k] / (1 - 0.999**t)).sqrt() + 1e-8)
    return loss(p, X, y).item()


def train_one__double(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model().double()
    X, y = X.double(), y.double()
    opt = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    for _ in range(n_steps):
        i = torch.randint(len(X), (batch_size,))
        opt.zero_grad()
        F.mse_loss(model(X[i]).squeeze(1), y[i]).backward()
        opt.step()
    with torch.no_grad():
        return F.mse_loss(model(X).squeeze(1), y).item()


def optimal_lr__median(learning_rates, mse):
    m = torch.as_tensor(mse).double().nan_to_num(nan=1e6, posinf=1e6)
    m = (m.median(dim=2).values if m.ndim == 3 else m).log()
    x, out = torch.as_tensor(learning_rates).double().log2(), []
    for row in m:
        k = int(row.argmin())
        if k in (0, len(x) - 1):
            out.append(math.nan)
            continue
        P = torch.stack([x[k - 1 : k + 2] ** p for p in (2, 1, 0)], 1)
        a, b, _ = torch.linalg.solve(P, row[k - 1 : k + 2])
        out.append(2 ** float(-b / (2 * a)))
    return out


def fit_exponent__polyfit(batch_sizes, eta_star):
    return np.polyfit(np.log2(np.asarray(batch_sizes)), np.log2(np.asarray(eta_star)), 1)


def train_one__numpy_rows(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model, draw = make_model(), np.random.default_rng(seed)
    opt = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    for _ in range(n_steps):
        i = torch.as_tensor(draw.choice(len(X), batch_size, replace=False))
        opt.zero_grad()
        F.mse_loss(model(X[i]).flatten(), y[i]).backward()
        opt.step()
    return F.mse_loss(model(X).flatten(), y).detach()


def train_one__plain_tensors(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    params = [p for p in model.parameters()]
    m, v = [0.0] * len(params), [0.0] * len(params)
    rng = np.random.default_rng(seed)
    for t in range(1, n_steps + 1):
        rows = rng.integers(0, X.shape[0], size=batch_size)
        loss = torch.mean((model(X[rows])[:, 0] - y[rows]) ** 2)
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for i, (p, g) in enumerate(zip(params, grads)):
                if optimizer == "sgd":
                    p.sub_(lr * g)
                else:
                    m[i] = 0.9 * m[i] + 0.1 * g
                    v[i] = 0.999 * v[i] + 0.001 * g * g
                    p.sub_(lr * (m[i] / (1 - 0.9**t)) / ((v[i] / (1 - 0.999**t)).sqrt() + 1e-8))
    with torch.inference_mode():
        return float(torch.mean((model(X)[:, 0] - y) ** 2))


def _batches(n, size, g):
    pool = torch.empty(0, dtype=torch.long)
    while True:
        while len(pool) < size:
            pool = torch.cat([pool, torch.randperm(n, generator=g)])
        yield pool[:size]
        pool = pool[size:]


def train_one__pool(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = (torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam)(model.parameters(), lr=lr)
    for rows in itertools.islice(_batches(len(X), batch_size, torch.Generator().manual_seed(seed)), n_steps):
        loss = nn.functional.mse_loss(model(X[rows]), y[rows, None])
        rule.zero_grad(set_to_none=True)
        loss.backward()
        rule.step()
    model.eval()
    with torch.no_grad():
        return nn.functional.mse_loss(model(X).reshape_as(y), y)


def train_one__weighted_sampler(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    uniform = torch.ones(len(X))
    for _ in range(n_steps):
        rows = torch.multinomial(uniform, batch_size, replacement=True)

        def closure():
            rule.zero_grad()
            loss = (model(X[rows]).flatten() - y[rows]).square().mean()
            loss.backward()
            return loss

        rule.step(closure)
    with torch.no_grad():
        return np.float64(((model(X).flatten() - y).double() ** 2).mean().item())


def run_sweep__itertools(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    out = np.empty((len(batch_sizes), len(learning_rates), len(seeds)))
    for (i, b), (j, lr), (k, s) in itertools.product(
        enumerate(batch_sizes), enumerate(learning_rates), enumerate(seeds)
    ):
        out[i, j, k] = train_one(make_model, optimizer, X, y, lr=lr, batch_size=b, n_steps=n_steps, seed=s)
    return out


def run_sweep__nested_lists(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return [
        [
            [train_one(make_model, optimizer, X, y, lr=lr, batch_size=b, n_steps=n_steps, seed=s) for s in seeds]
            for lr in learning_rates
        ]
        for b in batch_sizes
    ]


def run_sweep__clipped_diverged(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    table = torch.full((len(batch_sizes), len(learning_rates), len(seeds)), torch.nan)
    for i, b in enumerate(batch_sizes):
        for j, lr in enumerate(learning_rates):
            for k, s in enumerate(seeds):
                loss = train_one(
                    make_model, optimizer, X.to(device), y.to(device), lr=lr, batch_size=b, n_steps=n_steps, seed=s
                )
                table[i, j, k] = loss if loss < 1e6 else math.inf
    return table


def optimal_lr__lagrange(learning_rates, mse):
    x = np.log2(np.asarray(learning_rates, dtype=float))
    mse = np.asarray(mse, dtype=float)
    with np.errstate(invalid="ignore"):
        loss = np.log(np.where(np.isfinite(mse), np.minimum(mse, 1e4), 1e4))
    curve = loss.mean(axis=2) if loss.ndim == 3 else loss
    out = np.full(len(curve), np.nan)
    for i, c in enumerate(curve):
        k = c.argmin()
        if 0 < k < len(c) - 1:
            (a, b, d), (p, q, r) = x[k - 1 : k + 2], c[k - 1 : k + 2]
            top = p * (b**2 - d**2) + q * (d**2 - a**2) + r * (a**2 - b**2)
            out[i] = 2 ** (0.5 * top / (p * (b - d) + q * (d - a) + r * (a - b)))
    return out


def optimal_lr__spline(learning_rates, mse):
    from scipy.interpolate import CubicSpline

    x = np.log2(np.asarray(learning_rates, dtype=float))
    mse = np.asarray(mse, dtype=float)
    loss = np.log(np.nan_to_num(mse, nan=1e4, posinf=1e4).clip(1e-30, 1e4))
    curve = loss.mean(axis=2) if loss.ndim == 3 else loss
    out = []
    for c in curve:
        k = int(c.argmin())
        if k in (0, len(c) - 1):
            out.append(float("nan"))
            continue
        lo, hi = max(0, k - 2), min(len(c), k + 3)
        fine = np.linspace(x[lo], x[hi - 1], 4001)
        out.append(float(2 ** fine[CubicSpline(x[lo:hi], c[lo:hi])(fine).argmin()]))
    return torch.tensor(out)


def optimal_lr__five_points(learning_rates, mse):
    x = torch.log(torch.as_tensor(learning_rates, dtype=torch.float64))
    loss = torch.where(torch.isfinite(mse), mse, torch.tensor(1e4, dtype=mse.dtype)).clamp(max=1e4)
    curve = (loss.median(dim=2).values if loss.ndim == 3 else loss).log()
    eta = torch.full((len(curve),), float("nan"), dtype=torch.float64)
    for i in range(len(curve)):
        k = curve[i].argmin().item()
        if k == 0 or k == len(x) - 1:
            continue
        lo, hi = max(0, k - 2), min(len(x), k + 3)
        near = curve[i, lo:hi] < math.log(1e3)
        t = x[lo:hi][near] - x[k]
        design = torch.stack([t**2, t, torch.ones_like(t)], dim=1)
        a, b, _ = torch.linalg.lstsq(design, curve[i, lo:hi][near].unsqueeze(1)).solution.flatten()
        eta[i] = torch.exp(x[k] - b / (2 * a))
    return eta


def fit_exponent__normal_equations(batch_sizes, eta_star):
    x = torch.tensor([math.log2(b) for b in batch_sizes], dtype=torch.float64)
    y = torch.tensor([math.log2(e) for e in eta_star], dtype=torch.float64)
    M = torch.stack([x, torch.ones_like(x)], dim=1)
    return torch.linalg.solve(M.T @ M, M.T @ y)


def fit_exponent__covariance(batch_sizes, eta_star):
    x, y = np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float))
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    return slope, y.mean() - slope * x.mean()


def fit_exponent__scipy(batch_sizes, eta_star):
    from scipy.stats import linregress

    fit = linregress(np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float)))
    return fit.slope, fit.intercept


def fit_exponent__polynomial(batch_sizes, eta_star):
    from numpy.polynomial import Polynomial

    p = Polynomial.fit(np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float)), 1).convert()
    return {"unused": 0} and (p.coef[1], p.coef[0])


def basin__by_a_fine_grid_of_signs(learning_rates, losses, factor):
    x, h = np.log2(np.asarray(learning_rates)), np.log2(np.asarray(losses) / (factor * float(losses.min())))
    k = int(h.argmin())
    found = []
    for outer in (range(k - 1, -1, -1), range(k + 1, len(h))):
        out = next(j for j in outer if h[j] > 0)
        inner = out + (1 if out < k else -1)
        low, high = x[inner], x[out]
        for _ in range(60):
            middle = (low + high) / 2
            at = h[inner] + (h[out] - h[inner]) * (middle - x[inner]) / (x[out] - x[inner])
            low, high = (low, middle) if at > 0 else (middle, high)
        found.append(2.0**low)
    return found


def basin__weights(learning_rates, losses, factor):
    y = losses.log()
    brim, k = y.min() + math.log(factor), int(y.argmin())
    ends = []
    for step in (-1, 1):
        while y[k + step] <= brim:
            k += step
        w = (brim - y[k]) / (y[k + step] - y[k])
        ends.append(learning_rates[k] ** (1 - w) * learning_rates[k + step] ** w)
        k = int(y.argmin())
    return torch.stack(ends)


def jackknife__pairs(left_out):
    n = len(left_out)
    differences = left_out[:, None] - left_out[None]
    return (differences.square().sum() / 2 * (n - 1)).sqrt() / n


def jackknife__var(left_out):
    n = len(left_out)
    return float(np.var(np.asarray(left_out), ddof=1) * (n - 1) ** 2 / n) ** 0.5
