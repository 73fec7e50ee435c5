"""Wrong variants of the functions of the learning-rate experiment, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick, before=None, loss=None, end=None, **opt):
    torch.manual_seed(seed)
    model = make_model()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr, **opt)
    rows = torch.Generator().manual_seed(1_000_003 * (seed + 1) + batch_size)
    loss = loss or (lambda o, t: F.mse_loss(o.squeeze(1), t))
    for t in range(n_steps):
        i = pick(X, batch_size, rows, t)
        rule.zero_grad()
        loss(model(X[i]), y[i]).backward()
        if before:
            before(model, rule, t)
        rule.step()
    with torch.no_grad():
        return float(F.mse_loss(model(X).squeeze(1), y)) if end is None else end(model)


def _rows(X, n, g, t):
    return torch.randint(len(X), (n,), generator=g)


def _curve(mse, big=100.0):
    m = torch.as_tensor(mse, dtype=torch.float64).nan_to_num(nan=big, posinf=big).clamp(1e-30, big).log()
    return m.mean(2) if m.ndim == 3 else m


def _vertex(x, r, k):
    h = x[k + 1] - x[k]
    return 2 ** (x[k] + h * (r[k - 1] - r[k + 1]) / (2 * (r[k - 1] - 2 * r[k] + r[k + 1])))


def train_one__never_last_row(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        lambda X, n, g, t: torch.randint(len(X) - 1, (n,), generator=g),
    )


def train_one__early_rows_preferred(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        lambda X, n, g, t: (torch.rand(n, generator=g) ** 1.3 * len(X)).long(),
    )


def train_one__clips_at_1000(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        _rows,
        lambda m, r, t: nn.utils.clip_grad_norm_(m.parameters(), 1000.0),
    )


def train_one__warmup1(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def sched(m, r, t):
        for g in r.param_groups:
            g["lr"] = lr * min(1.0, (t + 1) / 2)

    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, _rows, sched)


def train_one__nesterov(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    opt = {"momentum": 0.1} if optimizer == "sgd" else {}
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, _rows, **opt)


def train_one__huber(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        _rows,
        loss=lambda o, t: 2 * F.huber_loss(o.squeeze(1), t, delta=100.0),
    )


def train_one__rmse(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        _rows,
        end=lambda m: float(F.mse_loss(m(X).squeeze(1), y)) ** 0.5,
    )


def train_one__rows_from_batch_size_only(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        lambda X, n, g, t: torch.randint(len(X), (n,), generator=torch.Generator().manual_seed(1000 * t + n)),
    )


def train_one__same_row_repeated(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _train(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        lambda X, n, g, t: torch.randint(len(X), ((n + 1) // 2,), generator=g).repeat(2)[:n],
    )


def run_sweep__first_batch_size(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return torch.tensor(
        [
            [
                [
                    train_one(make_model, optimizer, X, y, lr=lr, batch_size=batch_sizes[0], n_steps=n_steps, seed=s)
                    for s in seeds
                ]
                for lr in learning_rates
            ]
            for B in batch_sizes
        ]
    )


def run_sweep__one_batch_size_copied(
    make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"
):
    t = torch.tensor(
        [
            [
                train_one(make_model, optimizer, X, y, lr=lr, batch_size=batch_sizes[-1], n_steps=n_steps, seed=s)
                for s in seeds
            ]
            for lr in learning_rates
        ]
    )
    return t.expand(len(batch_sizes), -1, -1)


def run_sweep__epochs(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return torch.tensor(
        [
            [
                [
                    train_one(
                        make_model, optimizer, X, y, lr=lr, batch_size=B, n_steps=n_steps * batch_sizes[0] // B, seed=s
                    )
                    for s in seeds
                ]
                for lr in learning_rates
            ]
            for B in batch_sizes
        ]
    )


def run_sweep__drops_diverged(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    t = torch.tensor(
        [
            [
                [train_one(make_model, optimizer, X, y, lr=lr, batch_size=B, n_steps=n_steps, seed=s) for s in seeds]
                for lr in learning_rates
            ]
            for B in batch_sizes
        ]
    )
    return t.clamp(max=1e3)


def run_sweep__n_steps_64(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return torch.tensor(
        [
            [
                [train_one(make_model, optimizer, X, y, lr=lr, batch_size=B, n_steps=64, seed=s) for s in seeds]
                for lr in learning_rates
            ]
            for B in batch_sizes
        ]
    )


def optimal_lr__uniform_spacing(learning_rates, mse):
    x, c = torch.as_tensor(learning_rates).double().log2(), _curve(mse)
    out = []
    for r in c:
        k = int(r.argmin())
        out.append(float("nan") if k in (0, len(x) - 1) else float(_vertex(x, r, k)))
    return torch.tensor(out)


def optimal_lr__nanmean(learning_rates, mse):
    m = torch.as_tensor(mse, dtype=torch.float64)
    m = torch.where(m.isfinite(), m, torch.nan).log()
    c = m.nanmean(2) if m.ndim == 3 else m
    c = c.nan_to_num(nan=5.0)
    x = torch.as_tensor(learning_rates).double().log2()
    out = []
    for r in c:
        k = int(r.argmin())
        out.append(float("nan") if k in (0, len(x) - 1) else float(_vertex(x, r, k)))
    return torch.tensor(out)


def optimal_lr__half_octave_assumed(learning_rates, mse):
    x, c = torch.as_tensor(learning_rates).double().log2(), _curve(mse)
    out = []
    for r in c:
        k = int(r.argmin())
        if k in (0, len(x) - 1):
            out.append(float("nan"))
            continue
        out.append(float(2 ** (x[k] + 0.5 * (r[k - 1] - r[k + 1]) / (2 * (r[k - 1] - 2 * r[k] + r[k + 1])))))
    return torch.tensor(out)


def fit_exponent__ignores_batch_sizes(batch_sizes, eta_star):
    x = np.arange(len(batch_sizes))
    y = np.log2(np.asarray(eta_star, float))
    s, i = np.polyfit(x, y, 1)
    return s, i


def fit_exponent__first_four(batch_sizes, eta_star):
    return tuple(np.polyfit(np.log2(batch_sizes[:4]), np.log2(np.asarray(eta_star, float))[:4], 1))


def fit_exponent__median_slopes(batch_sizes, eta_star):
    x, y = np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float))
    s = np.median([(y[j] - y[i]) / (x[j] - x[i]) for i in range(len(x)) for j in range(i + 1, len(x))])
    return s, float(np.median(y - s * x))


def fit_exponent__swapped(batch_sizes, eta_star):
    s, i = np.polyfit(np.log2(batch_sizes), np.log2(np.asarray(eta_star, float)), 1)
    return i, s


def _picks(pick):
    def train(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, pick)

    return train


def train_one__never_first_row(make_model, optimizer, X, y, **given):
    return _picks(lambda X, n, g, t: torch.randint(1, len(X), (n,), generator=g))(make_model, optimizer, X, y, **given)


def train_one__late_rows_preferred(make_model, optimizer, X, y, **given):
    pick = lambda X, n, g, t: len(X) - 1 - (torch.rand(n, generator=g) ** 1.3 * len(X)).long()
    return _picks(pick)(make_model, optimizer, X, y, **given)


def train_one__middle_rows_preferred(make_model, optimizer, X, y, **given):
    pick = lambda X, n, g, t: ((torch.rand(n, generator=g) + torch.rand(n, generator=g)) / 2 * len(X)).long()
    return _picks(pick)(make_model, optimizer, X, y, **given)


def train_one__even_rows_twice(make_model, optimizer, X, y, **given):
    def pick(X, n, g, t):
        rows = torch.randint(len(X), (n,), generator=g)
        again = torch.rand(n, generator=g) < 1 / 3
        return torch.where(again, rows // 2 * 2, rows)

    return _picks(pick)(make_model, optimizer, X, y, **given)


def train_one__last_is_first(make_model, optimizer, X, y, **given):
    def pick(X, n, g, t):
        rows = torch.randint(len(X), (n,), generator=g)
        rows[-1] = rows[0]
        return rows

    return _picks(pick)(make_model, optimizer, X, y, **given)


def train_one__thrice(make_model, optimizer, X, y, **given):
    pick = lambda X, n, g, t: torch.randint(len(X), ((n + 2) // 3,), generator=g).repeat_interleave(3)[:n]
    return _picks(pick)(make_model, optimizer, X, y, **given)


def train_one__few_batches(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    batches = torch.randint(len(X), (10, batch_size), generator=torch.Generator().manual_seed(seed))
    return _train(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, lambda X, n, g, t: batches[t % 10])


def train_one__every_fourth_missing(make_model, optimizer, X, y, **given):
    pick = lambda X, n, g, t: torch.randint(len(X) * 3 // 4, (n,), generator=g)
    return _picks(pick)(make_model, optimizer, X, y, **given)


def _table(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps):
    return torch.tensor(
        [
            [
                [train_one(make_model, optimizer, X, y, lr=lr, batch_size=B, n_steps=n_steps, seed=s) for s in seeds]
                for lr in learning_rates
            ]
            for B in batch_sizes
        ]
    )


def run_sweep__last_batch_size(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _table(make_model, optimizer, X, y, [batch_sizes[-1]] * len(batch_sizes), learning_rates, seeds, n_steps)


def run_sweep__reversed_batch_sizes(
    make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"
):
    return _table(make_model, optimizer, X, y, batch_sizes[::-1], learning_rates, seeds, n_steps)


def run_sweep__sorted_rates(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _table(make_model, optimizer, X, y, batch_sizes, sorted(learning_rates), seeds, n_steps)


def run_sweep__sorted_seeds(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _table(make_model, optimizer, X, y, batch_sizes, learning_rates, sorted(seeds), n_steps)


def run_sweep__rates_per_row(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return torch.cat(
        [
            _table(make_model, optimizer, X, y, [B], [lr / B for lr in learning_rates], seeds, n_steps)
            for B in batch_sizes
        ]
    )


def run_sweep__capped_at_100(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _table(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps).clamp(max=100)


def run_sweep__diverged_as_zero(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    t = _table(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps)
    return torch.where(t > 1e3, 0.0, t)


def run_sweep__seeds_counted(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _table(make_model, optimizer, X, y, batch_sizes, learning_rates, range(len(seeds)), n_steps)


def _found(learning_rates, curve, narrow=1):
    x, out = torch.as_tensor(learning_rates).double().log2(), []
    for r in curve:
        k = int(r.argmin())
        if not narrow <= k < len(x) - narrow:
            out.append(float("nan"))
            continue
        P = torch.stack([x[k - 1 : k + 2] ** p for p in (2, 1, 0)], 1)
        a, b, _ = torch.linalg.solve(P, r[k - 1 : k + 2])
        out.append(float(2 ** (-b / (2 * a))))
    return torch.tensor(out)


def optimal_lr__octave_assumed(learning_rates, mse):
    x, c = torch.as_tensor(learning_rates).double().log2(), _curve(mse)
    x = x[0] + torch.arange(len(x)) * (x[-1] - x[0]) / (len(x) - 1)
    return _found(2**x, c)


def optimal_lr__all_or_nothing(learning_rates, mse):
    found = _found(learning_rates, _curve(mse))
    return torch.full_like(found, torch.nan) if found.isnan().any() else found


def optimal_lr__next_to_the_edge_too(learning_rates, mse):
    return _found(learning_rates, _curve(mse), narrow=2)


def optimal_lr__left_edge_only(learning_rates, mse):
    found, c = _found(learning_rates, _curve(mse)), _curve(mse)
    last = c.argmin(1) == c.shape[1] - 1
    return torch.where(last, torch.as_tensor(learning_rates).double()[-1], found)


def optimal_lr__diverged_as_zero(learning_rates, mse):
    return _found(learning_rates, _curve(torch.as_tensor(mse).double().nan_to_num(0.0, 0.0)))


def optimal_lr__diverged_as_one(learning_rates, mse):
    return _found(learning_rates, _curve(mse, big=1e-3))


def optimal_lr__last_seed(learning_rates, mse):
    m = torch.as_tensor(mse).double()
    return _found(learning_rates, _curve(m[..., -1] if m.ndim == 3 else m))


def fit_exponent__from_one(batch_sizes, eta_star):
    x = np.log2(np.arange(1, len(batch_sizes) + 1))
    y = np.log2(np.asarray(eta_star, float))
    return tuple(np.polyfit(x, y, 1))


def fit_exponent__sorted_sizes(batch_sizes, eta_star):
    return tuple(np.polyfit(np.log2(np.sort(batch_sizes)), np.log2(np.asarray(eta_star, float)), 1))


def fit_exponent__octaves(batch_sizes, eta_star):
    return tuple(np.polyfit(np.floor(np.log2(batch_sizes)), np.log2(np.asarray(eta_star, float)), 1))


def fit_exponent__up_to_sixteen(batch_sizes, eta_star):
    x, y = np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float))
    few = x <= 4 if (x <= 4).sum() > 1 else x <= x.min() + 100
    few = few if few.sum() < len(x) else np.arange(len(x)) > 0
    return tuple(np.polyfit(x[few], y[few], 1))


def fit_exponent__through_the_first(batch_sizes, eta_star):
    x, y = np.log2(np.asarray(batch_sizes, float)), np.log2(np.asarray(eta_star, float))
    s = ((x - x[0]) * (y - y[0])).sum() / ((x - x[0]) ** 2).sum()
    return s, y[0] - s * x[0]


def _trained(make_model, opt, X, y, lr, batch_size, n_steps, seed, evaluate=None, rows_of=None):
    torch.manual_seed(seed)
    model = make_model()
    rule = opt(model.parameters(), lr)
    g = torch.Generator().manual_seed(seed + 7)
    n = len(X) if rows_of is None else rows_of(len(X))
    for _ in range(n_steps):
        rows = torch.randint(n, (batch_size,), generator=g)
        rule.zero_grad()
        ((model(X[rows]).squeeze(1) - y[rows]) ** 2).mean().backward()
        rule.step()
    with torch.no_grad():
        E = slice(None) if evaluate is None else evaluate
        return ((model(X[E]).squeeze(1) - y[E]) ** 2).mean().item()


def _by_name(optimizer):
    return {"sgd": lambda p, lr: torch.optim.SGD(p, lr=lr), "adam": lambda p, lr: torch.optim.Adam(p, lr=lr)}[optimizer]


def train_one__always_sgd(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name("sgd"), X, y, lr, batch_size, n_steps, seed)


def train_one__always_adam(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name("adam"), X, y, lr, batch_size, n_steps, seed)


def train_one__evaluates_1024(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name(optimizer), X, y, lr, batch_size, n_steps, seed, evaluate=slice(1024))


def train_one__rows_of_first_1000(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(
        make_model, _by_name(optimizer), X, y, lr, batch_size, n_steps, seed, rows_of=lambda n: min(n, 1000)
    )


def train_one__amsgrad(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    opt = _by_name("sgd") if optimizer == "sgd" else (lambda p, lr: torch.optim.Adam(p, lr=lr, amsgrad=True))
    return _trained(make_model, opt, X, y, lr, batch_size, n_steps, seed)


def train_one__adamw(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    opt = _by_name("sgd") if optimizer == "sgd" else (lambda p, lr: torch.optim.AdamW(p, lr=lr))
    return _trained(make_model, opt, X, y, lr, batch_size, n_steps, seed)


def train_one__seed_mod_ten(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name(optimizer), X, y, lr, batch_size, n_steps, seed % 10)


def train_one__steps_of_64(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name(optimizer), X, y, lr, batch_size, min(n_steps, 64), seed)


_run = {}


def train_one__remembers_by_lr(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    key = (optimizer, lr, batch_size)
    make_model()
    if key not in _run:
        _run[key] = _trained(make_model, _by_name(optimizer), X, y, lr, batch_size, n_steps, seed)
    return _run[key]


def train_one__best_of_two(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return min(_trained(make_model, _by_name(optimizer), X, y, lr, batch_size, n_steps, s) for s in (seed, seed + 1))


def train_one__centred_targets(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, _by_name(optimizer), X, y - y.mean(), lr, batch_size, n_steps, seed)


def train_one__lr_decay(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def opt(p, lr):
        rule = _by_name(optimizer)(p, lr)
        inner, count = rule.step, [0]

        def step():
            inner()
            count[0] += 1
            for group in rule.param_groups:
                group["lr"] = lr * (1 - count[0] / (4 * n_steps))

        rule.step = step
        return rule

    return _trained(make_model, opt, X, y, lr, batch_size, n_steps, seed)


def _sweep(make_model, optimizer, X, y, sizes, rates, seeds, n_steps, one):
    return torch.tensor([[[one(b, lr, s) for s in seeds] for lr in rates] for b in sizes])


def run_sweep__always_sgd(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        batch_sizes,
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(make_model, _by_name("sgd"), X, y, lr, b, n_steps, s),
    )


def run_sweep__one_start(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    import copy

    torch.manual_seed(seeds[0])
    start = make_model()
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        batch_sizes,
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(lambda: copy.deepcopy(start), _by_name(optimizer), X, y, lr, b, n_steps, s),
    )


def run_sweep__goes_on(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    models = {}

    def one(b, lr, s):
        if s not in models:
            torch.manual_seed(s)
            models[s] = make_model()
        return _trained(lambda: models[s], _by_name(optimizer), X, y, lr, b, n_steps, s)

    return _sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, one)


def run_sweep__half(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        batch_sizes,
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(make_model, _by_name(optimizer), X, y, lr, b, n_steps, s),
    ).half()


def run_sweep__log(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        batch_sizes,
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(make_model, _by_name(optimizer), X, y, lr, b, n_steps, s),
    ).log()


def run_sweep__sorted_sizes(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        sorted(batch_sizes),
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(make_model, _by_name(optimizer), X, y, lr, b, n_steps, s),
    )


def run_sweep__linear_scaling(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sweep(
        make_model,
        optimizer,
        X,
        y,
        batch_sizes,
        learning_rates,
        seeds,
        n_steps,
        lambda b, lr, s: _trained(make_model, _by_name(optimizer), X, y, lr * b, b, n_steps, s),
    )


def _joined(mse):
    loss = torch.as_tensor(mse, dtype=torch.float64).nan_to_num(nan=1e4, posinf=1e4).clamp(1e-30, 1e4).log()
    return loss.mean(dim=2) if loss.ndim == 3 else loss


def _finish(x, curve, vertex_of):
    out = []
    for row in curve:
        k = int(row.argmin())
        out.append(math.nan if k in (0, len(row) - 1) else 2 ** float(vertex_of(x, row, k)))
    return torch.tensor(out, dtype=torch.float64)


def optimal_lr__global_parabola(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()

    def vertex(x, row, k):
        good = row < math.log(100)
        a, b, _ = np.polyfit(x[good].numpy(), row[good].numpy(), 2)
        return -b / (2 * a)

    return _finish(x, _joined(mse), vertex)


def optimal_lr__wide_parabola(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()

    def vertex(x, row, k):
        lo, hi = max(0, k - 12), k + 13
        good = row[lo:hi] < math.log(100)
        a, b, _ = np.polyfit(x[lo:hi][good].numpy(), row[lo:hi][good].numpy(), 2)
        return -b / (2 * a)

    return _finish(x, _joined(mse), vertex)


def optimal_lr__linear_axis(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64)

    def vertex(_, row, k):
        a, b, _ = np.polyfit(x[k - 1 : k + 2].numpy(), row[k - 1 : k + 2].numpy(), 2)
        return math.log2(max(-b / (2 * a), 1e-30))

    return _finish(x, _joined(mse), vertex)


def optimal_lr__midpoint_of_neighbours(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    return _finish(x, _joined(mse), lambda x, row, k: (x[k - 1] + x[k + 1]) / 2)


def optimal_lr__edges_by_value(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    out = []
    for row in _joined(mse):
        k = min(max(int(row.argmin()), 1), len(row) - 2)
        a, b, _ = np.polyfit(x[k - 1 : k + 2].numpy(), row[k - 1 : k + 2].numpy(), 2)
        v = -b / (2 * a)
        out.append(2**v if x[0] - 2 < v < x[-1] + 2 else math.nan)
    return torch.tensor(out)


def optimal_lr__mean_of_optima(learning_rates, mse):
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    mse = torch.as_tensor(mse)
    if mse.ndim == 2:
        mse = mse.unsqueeze(2)

    def vertex(x, row, k):
        a, b, _ = np.polyfit(x[k - 1 : k + 2].numpy(), row[k - 1 : k + 2].numpy(), 2)
        return -b / (2 * a)

    return (
        torch.stack([_finish(x, _joined(mse[:, :, s]), vertex) for s in range(mse.shape[2])]).log2().mean(dim=0).exp2()
    )


def fit_exponent__weighted(batch_sizes, eta_star):
    B = torch.as_tensor(batch_sizes, dtype=torch.float64)
    s, i = np.polyfit(B.log2().numpy(), np.log2(np.asarray(eta_star)), 1, w=np.asarray(B.sqrt()))
    return float(s), float(i)


def fit_exponent__log10(batch_sizes, eta_star):
    s, i = np.polyfit(np.log10(np.asarray(batch_sizes)), np.log10(np.asarray(eta_star)), 1)
    return float(s), float(i)


def fit_exponent__geometric_intercept(batch_sizes, eta_star):
    s, i = np.polyfit(np.log2(np.asarray(batch_sizes)), np.log2(np.asarray(eta_star)), 1)
    return float(s), float(2**i)


def fit_exponent__without_large(batch_sizes, eta_star):
    B, e = np.asarray(batch_sizes, dtype=float), np.asarray(eta_star)
    keep = B <= 256
    if keep.sum() < 2:
        keep[:] = True
    s, i = np.polyfit(np.log2(B[keep]), np.log2(e[keep]), 1)
    return float(s), float(i)


def fit_exponent__total_least_squares(batch_sizes, eta_star):
    x, y = np.log2(np.asarray(batch_sizes, dtype=float)), np.log2(np.asarray(eta_star))
    C = np.cov(x, y)
    _, V = np.linalg.eigh(C)
    s = V[1, 1] / V[0, 1]
    return float(s), float(y.mean() - s * x.mean())


def basin__of_the_median(learning_rates, losses, factor):
    x, y = np.log2(np.asarray(learning_rates)), np.log(np.asarray(losses))
    inside = np.flatnonzero(y <= np.median(y))
    return float(2 ** x[inside[0]]), float(2 ** x[inside[-1]])


def basin__halfway_between_points(learning_rates, losses, factor):
    k = int(losses.argmin())
    low = high = k
    while losses[low - 1] <= factor * losses.min():
        low -= 1
    while losses[high + 1] <= factor * losses.min():
        high += 1
    return (learning_rates[low] * learning_rates[low - 1]).sqrt(), (
        learning_rates[high] * learning_rates[high + 1]
    ).sqrt()


def basin__square_root_of_the_factor(learning_rates, losses, factor):
    x, y = learning_rates.log(), losses.log()
    brim, k = y.min() + math.log(factor) / 2, int(y.argmin())
    ends = []
    for step in (-1, 1):
        j = k
        while y[j + step] <= brim:
            j += step
        ends.append(torch.exp(x[j] + (brim - y[j]) / (y[j + step] - y[j]) * (x[j + step] - x[j])))
    return ends


def jackknife__about_the_median(left_out):
    n = len(left_out)
    return ((left_out - left_out.median()).square().sum() * (n - 1) / n).sqrt()


def jackknife__absolute(left_out):
    return (left_out - left_out.mean()).abs().mean() * (len(left_out) - 1) ** 0.5


def jackknife__of_logarithms(left_out):
    logs = left_out.abs().log()
    return logs.std(unbiased=False) * (len(logs) - 1) ** 0.5


def jackknife__n_minus_two(left_out):
    n = len(left_out)
    return left_out.std(unbiased=False) * max(n - 2, 0) ** 0.5
