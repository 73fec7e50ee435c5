"""Trains every run of a sweep at once: all seeds and learning rates of one batch size advance together.

Owns the loop over batch sizes and steps, the two update rules and the choice of device. The result is what
`reference.lr_scaling.train_one` gives for each run by itself, up to rounding; runs close to divergence amplify
rounding, so only stable ones agree to 1e-5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from reference.experiments.functional import AnyModuleLayout
from reference.experiments.given import BATCH_SIZES, load
from reference.experiments.layouts import Layout, LinearLayout, MlpLayout
from reference.experiments.protocol import Protocol
from reference.lr_scaling import row_generator

BETAS = (0.9, 0.999)
EPSILON = 1e-8


@dataclass(frozen=True, eq=False)
class Sweep:
    """The final losses of one setting."""

    setting: str
    batch_sizes: tuple[int, ...]
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    mse: NDArray[np.float64]
    """(batch sizes, learning rates, seeds); infinite or nan where a run diverged."""


def sweep(
    setting: str,
    protocol: Protocol,
    seeds: Sequence[int],
    *,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
    advance: Callable[[int], None] = lambda batch_size: None,
) -> Sweep:
    """Train one setting's whole grid.

    Args:
        setting: a name of `lr_protocol.SETTINGS`.
        protocol: data noise, steps per batch size and learning rates.
        seeds: each decides a model's initialisation and the rows of its batches.
        device: `cpu` or `cuda`.
        dtype: of data, weights and arithmetic.
        advance: called after each batch size.
    """
    X, y, make_model, optimizer = load(setting, noise=protocol.noise)
    rates = protocol.learning_rates[optimizer]
    mse = []
    for size in BATCH_SIZES:
        runs = Runs(make_model, optimizer, X, y, rates, seeds, device=device, dtype=dtype)
        mse.append(runs.train(size, protocol.n_steps(size)))
        advance(size)
    return Sweep(setting, BATCH_SIZES, rates, tuple(seeds), np.stack(mse))


class Runs:
    """All (learning rate, seed) runs of one batch size, from the same initial models."""

    def __init__(
        self,
        make_model: Callable[[], nn.Module],
        optimizer: str,
        X: Tensor,
        y: Tensor,
        learning_rates: Sequence[float],
        seeds: Sequence[int],
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Args as in `reference.lr_scaling.run_sweep`; X (N, d), y (N,)."""
        self.seeds = seeds
        self.y = y.to(device, dtype)
        self.rows = torch.cat([X, torch.ones(len(X), 1)], dim=1).to(device, dtype)
        layout = layout_of(make_model())
        self.layout: Layout = layout([_drawn(make_model, seed) for seed in seeds], len(learning_rates), self.rows)
        rates = torch.tensor(learning_rates, dtype=dtype, device=device)
        rule: type[Sgd] | type[Adam] = Sgd if optimizer == "sgd" else Adam
        self.update = rule(self.layout.parameters, rates)

    def train(self, batch_size: int, n_steps: int) -> NDArray[np.float64]:
        """Final losses (learning rates, seeds) on all rows."""
        n_rows = len(self.rows)
        draws = [
            torch.randint(n_rows, (n_steps, batch_size), generator=row_generator(seed, batch_size))
            for seed in self.seeds
        ]
        batches = torch.stack(draws, dim=1).to(self.rows.device)  # (steps, S, B)
        factors = self.update.schedule(n_steps).to(self.rows)
        if self.rows.is_cuda:
            self._replay(batches, factors)
        else:
            for batch, factor in zip(batches, factors, strict=True):
                self.step(batch, factor)
        return self.layout.losses(self.rows, self.y).T.cpu().numpy()

    def step(self, batch: Tensor, factors: Tensor) -> None:
        """One update of every run; batch (S, B) row numbers, factors (k,) of this step."""
        chosen = batch.flatten()
        rows = self.rows.index_select(0, chosen).view(*batch.shape, -1)
        y = self.y.index_select(0, chosen).view(batch.shape)
        self.update.apply(self.layout.gradients(rows, y), factors)

    def _replay(self, batches: Tensor, factors: Tensor) -> None:
        """The same steps on a GPU, where launching kernels costs more than running them: one recorded step.

        A step is recorded as a graph and replayed with new row numbers. Recording needs warm-up steps, which
        move the weights; so the state is saved before and put back after.
        """
        state = [*self.layout.parameters, *self.update.state]
        saved = [tensor.clone() for tensor in state]
        batch, factor = batches[0].clone(), factors[0].clone()
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step(batch, factor)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step(batch, factor)
        for tensor, before in zip(state, saved, strict=True):
            tensor.copy_(before)
        for rows, scale in zip(batches, factors, strict=True):
            batch.copy_(rows)
            factor.copy_(scale)
            graph.replay()
        torch.cuda.synchronize()  # the graph must outlive its last replay


class Sgd:
    """w ← w − lr g, each copy with its own learning rate."""

    def __init__(self, parameters: list[Tensor], learning_rates: Tensor) -> None:
        self.parameters = parameters
        self.state: list[Tensor] = []
        self._rates = [_along(learning_rates, parameter) for parameter in parameters]

    def schedule(self, n_steps: int) -> Tensor:
        """Nothing changes from step to step: (steps, 0)."""
        return torch.empty(n_steps, 0)

    def apply(self, gradients: list[Tensor], factors: Tensor) -> None:
        """One update in place."""
        for parameter, gradient, rate in zip(self.parameters, gradients, self._rates, strict=True):
            parameter.addcmul_(gradient, rate, value=-1.0)


class Adam:
    """Adam as in Kingma and Ba (2015), algorithm 1, with torch's defaults."""

    def __init__(self, parameters: list[Tensor], learning_rates: Tensor) -> None:
        self.parameters = parameters
        self._rates = [_along(learning_rates, parameter) for parameter in parameters]
        self._means = [torch.zeros_like(parameter) for parameter in parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in parameters]
        self.state = [*self._means, *self._squares]

    def schedule(self, n_steps: int) -> Tensor:
        """Per step, from both bias corrections c1, c2: sqrt(c2)/c1 for the rate, sqrt(c2)·eps for the root.

        With these, m/c1 / (sqrt(v/c2) + eps) needs no pass of its own for either correction.
        """
        t = torch.arange(1, n_steps + 1, dtype=torch.float64)
        root = (1 - BETAS[1] ** t).sqrt()
        return torch.stack([root / (1 - BETAS[0] ** t), root * EPSILON], dim=1)

    def apply(self, gradients: list[Tensor], factors: Tensor) -> None:
        """One update in place; overwrites the gradients."""
        scale, epsilon = factors.unbind()
        for parameter, gradient, mean, square, rate in zip(
            self.parameters, gradients, self._means, self._squares, self._rates, strict=True
        ):
            mean.lerp_(gradient, 1 - BETAS[0])
            square.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
            direction = torch.sqrt(square, out=gradient).add_(epsilon).reciprocal_().mul_(mean)
            parameter.addcmul_(direction, rate * scale, value=-1.0)


def layout_of(model: nn.Module) -> Callable[[Sequence[nn.Module], int, Tensor], Layout]:
    """The hand-written layout where there is one for this model, else the one that fits any module."""
    shapes = [type(child) for child in model.children()]
    if isinstance(model, nn.Linear):
        return LinearLayout
    if isinstance(model, nn.Sequential) and shapes == [nn.Linear, nn.ReLU, nn.Linear]:
        return MlpLayout
    return AnyModuleLayout


def _drawn(make_model: Callable[[], nn.Module], seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return make_model()


def _along(learning_rates: Tensor, parameter: Tensor) -> Tensor:
    """(1, L, 1, …): the rates where `parameter` has its learning rates."""
    return learning_rates.view(1, -1, *[1] * (parameter.ndim - 2))
