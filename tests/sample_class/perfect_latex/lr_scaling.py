"""Reshuffled epochs instead of sampling with replacement; a five-point fit."""

import numpy as np
import torch

torch.set_default_dtype(torch.float64)


def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    torch.manual_seed(seed)
    model = make_model()
    opt = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    loss_fn = torch.nn.MSELoss()
    dtype = next(model.parameters()).dtype
    X, y = X.to(dtype), y.to(dtype)
    order = torch.randperm(len(X))
    at = 0
    for _ in range(n_steps):
        if at + batch_size > len(X):
            order, at = torch.randperm(len(X)), 0
        rows = order[at : at + batch_size]
        at += batch_size
        opt.zero_grad(set_to_none=True)
        loss_fn(model(X[rows]).flatten(), y[rows]).backward()
        opt.step()
    model.eval()
    with torch.inference_mode():
        return float(loss_fn(model(X).flatten(), y))


def run_sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    return np.array(
        [
            [
                [
                    train_one(make_model, optimizer, X, y, lr=lr, batch_size=b, n_steps=n_steps, seed=s)
                    for s in seeds
                ]
                for lr in learning_rates
            ]
            for b in batch_sizes
        ]
    )


def optimal_lr(learning_rates, mse):
    x = np.log2(np.asarray(learning_rates, dtype=float))
    z = np.log(np.minimum(np.nan_to_num(np.asarray(mse, dtype=float), nan=100, posinf=100), 100))
    if z.ndim == 3:
        z = z.mean(axis=2)
    best = []
    for row in z:
        i = row.argmin()
        if i in (0, len(x) - 1):
            best.append(np.nan)
            continue
        window = slice(max(0, i - 2), i + 3)
        a, b, _ = np.polyfit(x[window], row[window], 2)
        best.append(2 ** (-b / (2 * a)))
    return np.array(best)


def fit_exponent(batch_sizes, eta_star):
    return tuple(np.polyfit(np.log2(np.asarray(batch_sizes)), np.log2(np.asarray(eta_star)), 1))


def basin(learning_rates, losses, factor):
    x, y = np.log(np.asarray(learning_rates)), np.log(np.asarray(losses) / float(min(losses)) / factor)
    k = int(y.argmin())
    right = next(j for j in range(k, len(y)) if y[j] > 0)
    left = next(j for j in range(k, -1, -1) if y[j] > 0)
    return [
        np.exp(np.interp(0, [y[inner], y[outer]], [x[inner], x[outer]]))
        for inner, outer in ((left + 1, left), (right - 1, right))
    ]


def jackknife(left_out):
    left_out = np.asarray(left_out)
    return np.sqrt(np.mean((left_out - left_out.mean()) ** 2) * (len(left_out) - 1))
