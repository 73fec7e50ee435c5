"""Wrong variants of the functions in lr_scaling.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math
import numpy as np
from torch import nn
import torch.nn.functional as F

_rules = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def _go(
    make_model,
    optimizer,
    X,
    y,
    lr,
    batch_size,
    n_steps,
    seed,
    rule=None,
    rows=None,
    loss=F.mse_loss,
    after=None,
    end=None,
    model=None,
):
    torch.manual_seed(seed)
    m = make_model() if model is None else model()
    r = (rule or (lambda p: _rules[optimizer](p, lr=lr)))(m.parameters())
    g = torch.Generator().manual_seed(seed * 1009 + batch_size)
    for t in range(n_steps):
        i = torch.randint(len(X), (batch_size,), generator=g) if rows is None else rows(t, g, m)
        r.zero_grad()
        loss(m(X[i]).squeeze(1), y[i]).backward()
        r.step()
        if after:
            after(t, m, r)
    with torch.no_grad():
        return F.mse_loss(m(X).squeeze(1), y).item() if end is None else end(m)


def train_one__even_steps(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps // 2 * 2 if n_steps > 1 else 1, seed)


def train_one__decays_after_sixty(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def after(t, m, r):
        if t == 60:
            r.param_groups[0]["lr"] = 0

    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, after=after)


def train_one__averaged_weights(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    E = []

    def after(t, m, r):
        E.append([p.detach().clone() for p in m.parameters()])

    def end(m):
        for p, ps in zip(m.parameters(), zip(*E[-2:])):
            p.data = sum(ps) / len(ps)
        return F.mse_loss(m(X).squeeze(1), y).item()

    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, after=after, end=end)


def train_one__mean_of_last_losses(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    L = []

    def after(t, m, r):
        with torch.no_grad():
            L.append(F.mse_loss(m(X).squeeze(1), y).item())

    return _go(
        make_model, optimizer, X, y, lr, batch_size, n_steps, seed, after=after, end=lambda m: sum(L[-2:]) / len(L[-2:])
    )


def train_one__half_the_data(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        rows=lambda t, g, m: torch.randint(max(1, len(X) // 2), (batch_size,), generator=g),
    )


def train_one__at_most_256_rows(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        rows=lambda t, g, m: torch.randint(min(4096, len(X)), (batch_size,), generator=g),
    )


def train_one__hard_rows(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        rows=lambda t, g, m: (y.abs() + 0.1).multinomial(batch_size, replacement=True, generator=g),
    )


def train_one__clips_values(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def rule(p):
        p = list(p)
        r = _rules[optimizer](p, lr=lr)
        s = r.step

        def step():
            nn.utils.clip_grad_value_(p, 1.0)
            s()

        r.step = step
        return r

    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, rule=rule)


def train_one__median_loss(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        end=lambda m: ((m(X).squeeze(1) - y) ** 2).median().item(),
    )


def train_one__seed_plus_one_start(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed + 1)


def train_one__first_row_forced(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def rows(t, g, m):
        i = torch.randint(len(X), (batch_size,), generator=g)
        i[0] = 0
        return i

    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, rows=rows)


def train_one__diverged_as_hundred(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return min(100.0, _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed))


def train_one__logcosh(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _go(
        make_model,
        optimizer,
        X,
        y,
        lr,
        batch_size,
        n_steps,
        seed,
        loss=lambda o, t: 2 * torch.log(torch.cosh((o - t).clamp(-50, 50))).mean(),
    )


def train_one__weight_noise(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    def after(t, m, r):
        for p in m.parameters():
            p.data += 1e-3 * torch.randn(p.shape)

    return _go(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, after=after)


def _sw(bs, lrs, ss, f):
    return torch.tensor([[[f(b, l, s) for s in ss] for l in lrs] for b in bs])


def run_sweep__same_for_adam(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(make_model, "adam", X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s),
    )


def run_sweep__adam_two_rates(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(
            make_model,
            optimizer,
            X,
            y,
            lr=max(l, 1e-3) if optimizer == "adam" else l,
            batch_size=b,
            n_steps=n_steps,
            seed=s,
        ),
    )


def run_sweep__stops_after_divergence(
    make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"
):
    out = torch.full((len(batch_sizes), len(learning_rates), len(seeds)), math.inf)
    for i, b in enumerate(batch_sizes):
        for j, l in enumerate(learning_rates):
            for k, s in enumerate(seeds):
                out[i, j, k] = train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s)
            if not out[i, j].max() < 1e3:
                break
    return out


def run_sweep__one_step_more(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps + 1, seed=s),
    )


def run_sweep__seeds_by_place(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        range(len(seeds)),
        lambda b, l, s: train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s),
    )


def run_sweep__powers_of_two(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(
            make_model, optimizer, X, y, lr=l, batch_size=2 ** round(math.log2(b)), n_steps=n_steps, seed=s
        ),
    )


def run_sweep__seeds_first(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return run_sweep__one_more_axis(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps)[
        0
    ].permute(2, 0, 1)


def run_sweep__one_more_axis(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s),
    )[None]


def run_sweep__three_decimals(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: round(train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s), 2),
    )


def run_sweep__global_seed(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return _sw(
        batch_sizes,
        learning_rates,
        seeds,
        lambda b, l, s: train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s + 1000 * b),
    )


def _c(mse):
    m = torch.as_tensor(mse, dtype=torch.float64)
    m = m.nan_to_num(nan=100, posinf=100).clamp(1e-30, 100).log()
    return m.mean(2) if m.ndim == 3 else m


def _v(x, r, k):
    a, b, c = np.polyfit((x[k - 1 : k + 2] - x[k]).numpy(), r[k - 1 : k + 2].numpy(), 2)
    return float(2 ** (x[k] - b / (2 * a)))


def _o(lrs, mse, edge=lambda k, n: k in (0, n - 1), v=_v, c=_c):
    x = torch.as_tensor(lrs, dtype=torch.float64).log2()
    return torch.tensor([math.nan if edge(int(r.argmin()), len(x)) else v(x, r, int(r.argmin())) for r in c(mse)])


def optimal_lr__capped_at_tenth(learning_rates, mse):
    return _o(learning_rates, mse).clamp(max=0.1)


def optimal_lr__floor(learning_rates, mse):
    return _o(learning_rates, mse).clamp(min=1e-4)


def optimal_lr__right_edge_only(learning_rates, mse):
    return _o(learning_rates, mse, edge=lambda k, n: k == n - 1, v=lambda x, r, k: _v(x, r, max(k, 1)))


def optimal_lr__larger_of_neighbours(learning_rates, mse):
    return _o(
        learning_rates, mse, v=lambda x, r, k: float(2 ** ((x[k] + x[k + 1 if r[k + 1] < r[k - 1] else k - 1]) / 2))
    )


def optimal_lr__shifted_if_uneven(learning_rates, mse):
    return _o(
        learning_rates,
        mse,
        v=lambda x, r, k: float(
            2 ** (x[k] + (x[k + 1] - x[k - 1]) / 2 * (r[k - 1] - r[k + 1]) / (2 * (r[k - 1] - 2 * r[k] + r[k + 1])))
        ),
    )


def optimal_lr__first_curve_for_all(learning_rates, mse):
    o = _o(learning_rates, mse)
    return o[:1].expand(len(o))


def optimal_lr__without_worst_seed(learning_rates, mse):
    def c(m):
        m = torch.as_tensor(m, dtype=torch.float64).nan_to_num(nan=100, posinf=100).clamp(1e-30, 100).log()
        return m.sort(2).values[..., :-1].mean(2) if m.ndim == 3 else m

    return _o(learning_rates, mse, c=c)


def optimal_lr__log2_returned(learning_rates, mse):
    return _o(learning_rates, mse).log2()


def optimal_lr__edge_is_end(learning_rates, mse):
    o = _o(learning_rates, mse)
    e = torch.as_tensor(learning_rates, dtype=torch.float64)[_c(mse).argmin(1)]
    return torch.where(o.isnan(), e, o)


def fit_exponent__two_is_too_few(batch_sizes, eta_star):
    if len(batch_sizes) < 3:
        return math.nan, math.nan
    return tuple(map(float, np.polyfit(np.log2(batch_sizes), np.log2(np.asarray(eta_star)), 1)))


def fit_exponent__slope_within_one(batch_sizes, eta_star):
    s, i = np.polyfit(np.log2(batch_sizes), np.log2(np.asarray(eta_star)), 1)
    return float(np.clip(s, -1, 1)), float(i)


def fit_exponent__small_eta(batch_sizes, eta_star):
    return tuple(map(float, np.polyfit(np.log2(batch_sizes), np.log2(np.clip(np.asarray(eta_star), 1e-5, 1)), 1)))


def fit_exponent__relative(batch_sizes, eta_star):
    x = np.log2(batch_sizes)
    y = np.log2(np.asarray(eta_star))
    s = float((x * y).sum() / (x * x).sum())
    return s, float(y.mean() - s * x.mean())


def fit_exponent__without_extremes(batch_sizes, eta_star):
    x, y = np.log2(batch_sizes), np.log2(np.asarray(eta_star))
    k = np.argsort(y)[1:-1] if len(y) > 4 else slice(None)
    return tuple(map(float, np.polyfit(x[k], y[k], 1)))


def fit_exponent__intercept_in_etas(batch_sizes, eta_star):
    s, i = np.polyfit(np.log2(batch_sizes), np.log2(np.asarray(eta_star)), 1)
    return float(s), float(2**i)


def fit_exponent__at_most_eight(batch_sizes, eta_star):
    return tuple(map(float, np.polyfit(np.log2(batch_sizes[:7]), np.log2(np.asarray(eta_star)[:7]), 1)))


def fit_exponent__ascending_assumed(batch_sizes, eta_star):
    x, y = np.log2(np.sort(batch_sizes)), np.log2(np.asarray(eta_star))
    return tuple(map(float, np.polyfit(x, y, 1)))
