"""What runs beside a student's `lr_scaling.py` and writes down what it does.

Owns the recording model and the small experiments of question 4's checks. Returns raw facts only: which rows
each update used, the weights at the start, the number that came back. What they mean is decided elsewhere.

The last column of every X given out is a row's number. The recording model reads it and hides it from the
layers; a row counts as used when a gradient flows back through it, so evaluation in between leaves no trace.
"""

from collections.abc import Callable
from typing import Any

import torch
from lr_protocol import load
from torch import Tensor, nn

HIDDEN = 6
"""Hidden units of the recorded MLP: enough for every layer to matter, and quick."""

Observed = dict[str, Any]
"""One call of `train_one`:
`models`: the precision of each that was made; `sizes`: how many rows each update used; `rows`: the
numbers of all of them, one update after the other; `final`: what was returned."""


class Numbered(nn.Module):
    """A linear model or an MLP whose output is multiplied by `scale`, and which never sees the rows' numbers."""

    def __init__(self, kind: str, n_features: int, scale: float) -> None:
        super().__init__()
        if kind == "mlp":
            self.layers: nn.Module = nn.Sequential(nn.Linear(n_features, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
        else:
            self.layers = nn.Linear(n_features, 1)
        self.scale = scale

    def forward(self, X: Tensor) -> Tensor:
        """Outputs (batch, 1) of inputs (batch, d + 1)."""
        output: Tensor = self.scale * self.layers(X[:, :-1])
        return output


class Recorder(Numbered):
    """The same, and it notes each update's rows."""

    def __init__(self, kind: str, n_features: int, scale: float, rows: list[list[int]]) -> None:
        super().__init__(kind, n_features, scale)
        self._rows = rows

    def forward(self, X: Tensor) -> Tensor:
        """Outputs (batch, 1) of inputs (batch, d + 1)."""
        output = super().forward(X)
        if output.requires_grad:
            numbers = [round(number) for number in X[:, -1].tolist()]
            output.register_hook(lambda gradient: self._rows.append(numbers))  # type: ignore[no-untyped-call]
        return output


class Witness(nn.Module):
    """A model as it is, which keeps every batch that a gradient flows back from."""

    def __init__(self, model: nn.Module, batches: list[Tensor]) -> None:
        super().__init__()
        self.model = model
        self._batches = batches

    def forward(self, X: Tensor) -> Tensor:
        """The model's outputs."""
        output: Tensor = self.model(X)
        if output.requires_grad:
            rows = X.detach().float()
            output.register_hook(lambda gradient: self._batches.append(rows))  # type: ignore[no-untyped-call]
        return output


def observed(
    train_one: Callable[..., Any], setting: str, X: Tensor, y: Tensor, scale: float, lr: float, *sizes: int
) -> Observed:
    """One call of `train_one` on X (N, d), y (N,); sizes are batch_size, n_steps, seed."""
    kind, optimizer = setting.split("_")
    made: list[str] = []
    rows: list[list[int]] = []

    def make_model() -> nn.Module:
        model = Recorder(kind, X.shape[1], scale, rows)
        made.append(_precision(model))
        return model

    numbered = torch.cat([X.float(), torch.arange(len(X)).float().unsqueeze(1)], dim=1)
    batch_size, n_steps, seed = sizes
    final = train_one(
        make_model, optimizer, numbered, y.float(), lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed
    )
    return {"models": made, **_in_line(rows), "final": final}


def _precision(model: nn.Module) -> str:
    return str(next(model.parameters()).dtype)


def _in_line(batches: list[list[int]]) -> dict[str, list[int]]:
    """Lists of numbers as one long list, which crosses at once, and the length of each."""
    return {"sizes": [len(batch) for batch in batches], "rows": [row for batch in batches for row in batch]}


def identical_rows(
    train_one: Callable[..., Any],
    setting: str,
    x: Tensor,
    target: float,
    scale: float,
    lr: float,
    batch_size: int,
    n_steps: int,
    seed: int,
) -> Observed:
    """Training where every row is x (d,) with the same target: whatever is sampled, one answer is right."""
    n_rows = 3 * batch_size
    X, y = x.expand(n_rows, -1), torch.full((n_rows,), scale * target)
    return observed(train_one, setting, X, y, scale, lr, batch_size, n_steps, seed)


def loss_on_identical_rows(train_one: Callable[..., Any], *inputs: Any) -> Any:
    """What `train_one` returns in `identical_rows`: a number that a reference reproduces without the rows."""
    return identical_rows(train_one, *inputs)["final"]


def sampled_rows(
    train_one: Callable[..., Any], setting: str, X: Tensor, y: Tensor, batch_size: int, n_steps: int, seed: int
) -> list[Observed]:
    """Two runs, with `seed` and with the next seed; whether one repeats is for `isolated_runs`."""
    return [observed(train_one, setting, X, y, 1.0, 0.01, batch_size, n_steps, s) for s in (seed, seed + 1)]


def isolated_runs(
    train_one: Callable[..., Any],
    setting: str,
    X: Tensor,
    y: Tensor,
    lr: float,
    batch_size: int,
    n_steps: int,
    seed: int,
) -> dict[str, Observed]:
    """A run, the same run after a short other one, a short one that hardly moves, and one that must diverge."""
    few = n_steps // 4

    def run(rate: float, steps: int, with_seed: int = seed) -> Observed:
        return observed(train_one, setting, X, y, 1.0, rate, batch_size, steps, with_seed)

    first = run(lr, n_steps)
    run(2 * lr, few, seed + 1)
    return {
        "first": first,
        "again": run(lr, n_steps),
        "unmoved": run(1e-9, few),
        "diverging": run(3000.0, n_steps),
    }


def recorded_run(
    train_one: Callable[..., Any],
    setting: str,
    X: Tensor,
    y: Tensor,
    lr: float,
    batch_size: int,
    n_steps: int,
    seed: int,
) -> Observed:
    """One run on data where every row differs."""
    return observed(train_one, setting, X, y, 1.0, lr, batch_size, n_steps, seed)


class PerRow(Numbered):
    """The same, whose gradient is multiplied by the number of rows that it is given; what it computes is not.

    So batches of two sizes train differently even where all rows are the same.
    """

    def forward(self, X: Tensor) -> Tensor:
        """Outputs (batch, 1) of inputs (batch, d + 1)."""
        output = super().forward(X)
        return output.detach() + len(X) * (output - output.detach())


def swept_table(
    run_sweep: Callable[..., Any],
    setting: str,
    x: Tensor,
    target: float,
    batch_sizes: list[int],
    learning_rates: list[float],
    seeds: list[int],
    n_steps: int,
) -> Any:
    """The table of a small sweep on identical rows, of a model that feels how many it is given."""
    kind, optimizer = setting.split("_")

    def make_model() -> nn.Module:
        return PerRow(kind, len(x), 1.0)

    n_rows = 2 * max(batch_sizes)
    X = torch.cat([x.float().expand(n_rows, -1), torch.arange(n_rows).float().unsqueeze(1)], dim=1)
    y = torch.full((n_rows,), float(target))
    return run_sweep(make_model, optimizer, X, y, batch_sizes, learning_rates, seeds, n_steps, device="cpu")


def optima(optimal_lr: Callable[..., Any], rates: Tensor, seeds: Tensor, mixed: Tensor) -> dict[str, Any]:
    """`optimal_lr` on losses (batch sizes, lr, seeds), and on losses (batch sizes, lr)."""
    return {"seeds": optimal_lr(rates.clone(), seeds), "mixed": optimal_lr(rates.clone(), mixed)}


def rerun_cells(
    train_one: Callable[..., Any], setting: str, cells: list[list[float]], n_steps: int
) -> list[dict[str, Any]]:
    """Single runs of the real experiment; cells are [batch size, lr, seed].

    Per cell: `models`, the precision of each that was made; `sizes`, the rows of each update;
    `rows`, the numbers of all of them, -1 for a row that is not of X; `final`, what was returned.
    """
    X, y, make_model, optimizer = load(setting)
    observations = []
    for size, lr, seed in cells:
        made: list[str] = []
        batches: list[Tensor] = []

        def witnessed(made: list[str] = made, batches: list[Tensor] = batches) -> nn.Module:
            model = make_model()
            made.append(_precision(model))
            return Witness(model, batches)

        given: dict[str, Any] = {"lr": float(lr), "batch_size": int(size), "n_steps": n_steps, "seed": int(seed)}
        final = train_one(witnessed, optimizer, X.clone(), y.clone(), **given)
        rows = _numbers(torch.cat([X[:0], *batches]), X)
        sizes = [len(batch) for batch in batches]
        observations.append({"models": made, "sizes": sizes, "rows": rows, "final": final})
    return observations


def _numbers(rows: Tensor, X: Tensor) -> Tensor:
    """Which rows of X these are, by what stands in them; the first column of X holds no number twice."""
    order = X[:, 0].argsort()
    place = torch.searchsorted(X[order, 0], rows[:, 0].contiguous()).clamp(max=len(X) - 1)
    found = order[place]
    return torch.where((X[found] == rows).all(dim=1), found, -1)
