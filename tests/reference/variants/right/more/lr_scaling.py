"""Right variants of the functions in lr_scaling.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, math, itertools
import numpy as np
from torch import nn
import torch.nn.functional as F


def train_one__in_place_column(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    net = make_model()
    y.unsqueeze_(1)
    opt = getattr(torch.optim, {"sgd": "SGD", "adam": "Adam"}[optimizer])(net.parameters(), lr)
    for idx in torch.randint(0, X.size(0), (n_steps, batch_size)):
        opt.zero_grad(set_to_none=True)
        ((net(X[idx]) - y[idx]) ** 2).mean().backward()
        opt.step()
    return ((net(X) - y) ** 2).mean().detach()


def train_one__passes(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed, verbose=False):
    g = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model = make_model().train()
    opt = (
        torch.optim.SGD(model.parameters(), lr=lr)
        if optimizer.lower() == "sgd"
        else torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.999))
    )

    def stream():
        while True:
            yield from torch.randperm(len(X), generator=g)

    s = stream()
    for step in range(n_steps):
        rows = torch.stack(list(itertools.islice(s, batch_size)))
        opt.zero_grad()
        nn.functional.mse_loss(model(X[rows])[:, 0], y[rows]).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        return np.float32(nn.functional.mse_loss(model(X)[:, 0], y).numpy())


def train_one__numpy_generator(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    rng = np.random.default_rng([seed, batch_size])
    opt = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr, foreach=False)
    while n_steps > 0:
        i = rng.choice(len(X), batch_size)
        loss = torch.square(model(X[i]).flatten() - y[i]).sum() / batch_size
        opt.zero_grad()
        loss.backward()
        opt.step()
        n_steps -= 1
    with torch.inference_mode():
        return torch.square(model(X).flatten() - y).mean().item()


def train_one__closure(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    opt = (torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam)([{"params": list(model.parameters())}], lr=lr)
    criterion = nn.MSELoss(reduction="mean")
    for _ in range(n_steps):
        b = torch.multinomial(torch.ones(len(X)), batch_size, replacement=True)

        def closure():
            opt.zero_grad()
            l = criterion(model(X[b]).view(-1), y[b])
            l.backward()
            return l

        opt.step(closure)
    with torch.no_grad():
        return criterion(model(X).view(-1), y).item()


def run_sweep__meshgrid(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    out = np.zeros((len(batch_sizes), len(learning_rates), len(seeds)), dtype=np.float32)
    for idx in np.ndindex(out.shape):
        out[idx] = train_one(
            make_model,
            optimizer,
            X.clone(),
            y.clone(),
            lr=learning_rates[idx[1]],
            batch_size=batch_sizes[idx[0]],
            n_steps=n_steps,
            seed=seeds[idx[2]],
        )
    return out


def run_sweep__dict(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    got = {
        (b, l, s): train_one(
            make_model, optimizer, X.to(device), y.to(device), lr=l, batch_size=b, n_steps=n_steps, seed=s
        )
        for s in sorted(seeds)
        for l in learning_rates
        for b in batch_sizes
    }
    return [[[got[b, l, s] for s in seeds] for l in learning_rates] for b in batch_sizes]


def run_sweep__stacked(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    run = lambda b, l, s: torch.as_tensor(
        train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s), dtype=torch.float64
    )
    return torch.stack(
        [torch.stack([torch.stack([run(b, l, s) for s in seeds]) for l in learning_rates]) for b in batch_sizes]
    )


def run_sweep__list_of_tensors(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device=None):
    return [
        torch.tensor(
            [
                [train_one(make_model, optimizer, X, y, lr=l, batch_size=b, n_steps=n_steps, seed=s) for s in seeds]
                for l in learning_rates
            ]
        )
        for b in batch_sizes
    ]


def _curve(mse):
    m = np.log(np.nan_to_num(np.asarray(mse, dtype=float), nan=1e4, posinf=1e4).clip(1e-30, 1e4))
    return m.mean(-1) if m.ndim == 3 else m


def optimal_lr__divided_differences(learning_rates, mse):
    x, out = np.log2(np.asarray(learning_rates, dtype=float)), []
    for r in _curve(mse):
        k = r.argmin()
        if k in (0, len(x) - 1):
            out.append(np.nan)
            continue
        d1, d2 = (r[k] - r[k - 1]) / (x[k] - x[k - 1]), (r[k + 1] - r[k]) / (x[k + 1] - x[k])
        a = (d2 - d1) / (x[k + 1] - x[k - 1])
        out.append(2 ** ((x[k] + x[k - 1]) / 2 - d1 / (2 * a)))
    return np.array(out)


def optimal_lr__natural_log(learning_rates, mse):
    x, out = np.log(np.asarray(learning_rates, dtype=float)), []
    for r in _curve(mse):
        k = int(np.argmin(r))
        inner = 0 < k < len(r) - 1
        if inner:
            c = np.polyfit(x[k - 1 : k + 2] - x[k], r[k - 1 : k + 2], 2)
            out.append(float(np.exp(x[k] - c[1] / (2 * c[0]))))
        else:
            out.append(float("nan"))
    return out


def optimal_lr__scipy(learning_rates, mse):
    from scipy.interpolate import CubicSpline
    from scipy.optimize import minimize_scalar

    x, out = np.log2(np.asarray(learning_rates, dtype=float)), []
    for r in _curve(mse):
        k = r.argmin()
        out.append(
            np.nan
            if k in (0, len(r) - 1)
            else 2
            ** minimize_scalar(
                CubicSpline(x[max(0, k - 2) : k + 3], r[max(0, k - 2) : k + 3]),
                bounds=(x[k - 1], x[k + 1]),
                method="bounded",
            ).x
        )
    return torch.tensor(out, dtype=torch.float32)


def optimal_lr__geomean(learning_rates, mse):
    m = torch.as_tensor(mse).double()
    m = torch.where(m.isfinite(), m, torch.inf).clamp(max=1e6)
    c = m.prod(2) ** (1 / m.shape[2]) if m.dim() == 3 else m
    x = torch.as_tensor(learning_rates).double().log2()
    out = []
    for row in c.log():
        k = int(row.argmin())
        out.append(
            torch.tensor(math.nan)
            if k == 0 or k == len(row) - 1
            else torch.exp2(
                x[k]
                - 0.5
                * ((x[k] - x[k - 1]) ** 2 * (row[k] - row[k + 1]) - (x[k] - x[k + 1]) ** 2 * (row[k] - row[k - 1]))
                / ((x[k] - x[k - 1]) * (row[k] - row[k + 1]) - (x[k] - x[k + 1]) * (row[k] - row[k - 1]))
            )
        )
    return out


def fit_exponent__statistics(batch_sizes, eta_star):
    import statistics

    r = statistics.linear_regression([math.log2(b) for b in batch_sizes], [math.log2(e) for e in eta_star])
    return r.slope, r.intercept


def fit_exponent__torch_lstsq(batch_sizes, eta_star):
    x = torch.as_tensor(batch_sizes, dtype=torch.float32).log2()
    M = torch.stack([x, torch.ones_like(x)], 1)
    return torch.linalg.lstsq(M, torch.as_tensor(eta_star).float().log2()[:, None]).solution.flatten()


def fit_exponent__corrcoef(batch_sizes, eta_star):
    x, y = np.log2(np.array(batch_sizes)), np.log2(np.array(eta_star))
    s = np.corrcoef(x, y)[0, 1] * y.std() / x.std()
    return np.array([s, y.mean() - s * x.mean()])


def fit_exponent__natural(batch_sizes, eta_star):
    s, i = np.polyfit(np.log(np.asarray(batch_sizes, float)), np.log(np.asarray(eta_star, float)), 1)
    return [s, i / np.log(2)]
