"""Texts in the place of numbers, and training that is nearly right."""

import math

import numpy as np
import torch


def optimal_lr__texts(learning_rates, mse):
    x = np.log2(np.asarray(learning_rates))
    losses = np.log(np.nan_to_num(np.asarray(mse), nan=100.0, posinf=100.0).clip(max=100.0))
    curve = losses.mean(axis=2) if losses.ndim == 3 else losses
    found = []
    for row in curve:
        k = int(row.argmin())
        if k in (0, len(x) - 1):
            found.append("nan")
            continue
        a, b, _ = np.polyfit(x[k - 1 : k + 2], row[k - 1 : k + 2], 2)
        found.append(repr(float(2 ** (-b / (2 * a)))))
    return found


def run_sweep__texts(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu"):
    def text(**given):
        loss = train_one(make_model, optimizer, X, y, n_steps=n_steps, **given)  # noqa: F821  # the test gives it
        return repr(loss) if math.isfinite(loss) else "inf"

    return [[[text(lr=lr, batch_size=B, seed=seed) for seed in seeds] for lr in learning_rates] for B in batch_sizes]


def _trained(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, last, **options):
    torch.manual_seed(seed)
    model = make_model()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr, **options)
    for _ in range(n_steps):
        rows = torch.randint(last, (batch_size,))
        rule.zero_grad()
        torch.nn.functional.mse_loss(model(X[rows]).squeeze(1), y[rows]).backward()
        rule.step()
    return float(torch.nn.functional.mse_loss(model(X).squeeze(1), y))


def train_one__slight_weight_decay(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    options = {"weight_decay": 1e-4} if optimizer == "sgd" else {}
    return _trained(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, len(X), **options)


def train_one__rows_behind_the_last_whole_batch(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return _trained(make_model, optimizer, X, y, lr, batch_size, n_steps, seed, len(X) // batch_size * batch_size)
