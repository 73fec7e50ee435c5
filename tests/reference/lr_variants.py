"""Honest ways to write `train_one`: samplers × losses × precisions × endings, all of them legal."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.utils.data import DataLoader, TensorDataset


def replacement_own_stream(n, size, seed) -> Iterator[Any]:
    rows = torch.Generator().manual_seed(seed + 12345)
    while True:
        yield torch.randint(n, (size,), generator=rows)


def replacement_global_stream(n, size, seed) -> Iterator[Any]:
    while True:
        yield torch.randint(0, n, (size,))


def fresh_permutation_each_step(n, size, seed) -> Iterator[Any]:
    while True:
        yield torch.randperm(n)[:size]


def reshuffled_epochs(n, size, seed) -> Iterator[Any]:
    while True:
        yield from torch.randperm(n).split(size)


def numpy_choice(n, size, seed) -> Iterator[Any]:
    draw = np.random.default_rng(seed)
    while True:
        yield torch.from_numpy(draw.integers(n, size=size))


def python_sample(n, size, seed) -> Iterator[Any]:
    draw = random.Random(seed)
    while True:
        yield draw.sample(range(n), size)


def data_loader(n, size, seed) -> Iterator[Any]:
    loader = DataLoader(
        TensorDataset(torch.arange(n)), size, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    while True:
        for (rows,) in loader:
            yield rows


SAMPLERS = (
    replacement_own_stream,
    replacement_global_stream,
    fresh_permutation_each_step,
    reshuffled_epochs,
    numpy_choice,
    python_sample,
    data_loader,
)
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "module, squeezed": lambda output, y: nn.MSELoss()(output.squeeze(1), y),
    "functional, column": lambda output, y: nn.functional.mse_loss(output, y.unsqueeze(1)),
    "by hand": lambda output, y: ((output[:, 0] - y) ** 2).mean(),
    "sum over size": lambda output, y: (output.flatten() - y).pow(2).sum() / len(y),
    "norm": lambda output, y: (output.view(-1) - y).dot(output.view(-1) - y) / y.numel(),
}


def with_optim(model, optimizer, lr):
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)

    def step(loss_of):
        rule.zero_grad()
        loss_of(model).backward()
        rule.step()

    return step


def by_hand(model, optimizer, lr):
    parameters = list(model.parameters())
    means = [torch.zeros_like(p) for p in parameters]
    squares = [torch.zeros_like(p) for p in parameters]
    steps = itertools.count(1)

    def step(loss_of):
        t = next(steps)
        gradients = torch.autograd.grad(loss_of(model), parameters)
        with torch.no_grad():
            for p, g, m, v in zip(parameters, gradients, means, squares, strict=True):
                if optimizer == "sgd":
                    p -= lr * g
                    continue
                m.mul_(0.9).add_(0.1 * g)
                v.mul_(0.999).add_(0.001 * g * g)
                p -= lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)

    return step


def functional(model, optimizer, lr):
    named = {name: p.detach().clone().requires_grad_() for name, p in model.named_parameters()}
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](named.values(), lr=lr, foreach=False)

    def step(loss_of):
        rule.zero_grad(set_to_none=False)
        loss_of(lambda X: functional_call(model, named, (X,))).backward()
        rule.step()
        model.load_state_dict({name: p.detach() for name, p in named.items()})

    return step


LOOPS = (with_optim, by_hand, functional)


def evaluate_plain(model, X, y):
    with torch.no_grad():
        return LOSSES["by hand"](model(X), y).item()


def evaluate_with_gradients(model, X, y):
    return float(LOSSES["by hand"](model(X), y).detach())


def evaluate_in_blocks(model, X, y):
    model.eval()
    with torch.inference_mode():
        total = sum(
            ((model(block)[:, 0] - target) ** 2).sum() for block, target in zip(X.split(16), y.split(16), strict=True)
        )
    return (total / len(y)).item()


def tensor_returned(model, X, y):
    with torch.no_grad():
        return LOSSES["functional, column"](model(X), y)


ENDINGS = (evaluate_plain, evaluate_with_gradients, evaluate_in_blocks, tensor_returned)


def variant(sampler, loss, loop, dtype, ending):
    """One honest `train_one`."""

    def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        torch.manual_seed(seed)
        model = make_model().to(dtype)
        X, y = X.to(dtype), y.to(dtype)
        step = loop(model, optimizer, lr)
        for rows in itertools.islice(sampler(len(X), batch_size, seed), n_steps):
            step(lambda run, rows=rows: LOSSES[loss](run(X[rows]), y[rows]))
        return ending(model, X, y)

    return train_one


def spread(count: int) -> list[tuple[Any, ...]]:
    """`count` combinations, spread evenly over all of them."""
    every = list(itertools.product(SAMPLERS, LOSSES, LOOPS, (torch.float32, torch.float64), ENDINGS))
    return [every[k * len(every) // count] for k in range(count)]
