"""Whether a student's own code gives the losses of their table: a few secret runs are made again.

Owns which runs, and what is said of them. What ran inside is not believed: the rows that every update used came out,
and training is repeated on them here. So a `train_one` that looks its losses up, instead of training, is found out too.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import lr_table
import numpy as np
from lr_csv import Cell, Table
from lr_replay import replayed_loss
from lr_start import protocol, protocol_start

N_STEPS = 64
NEAR, ANYWHERE = 5, 1
"""Runs that are made again: around the optima, where the fit comes from, each at another batch size, and of all."""
STABLE = 2.0
"""Runs that end below this hardly amplify rounding, so they can be reproduced on another machine."""
TOLERANCE = 0.01


def secret_cells(table: Table, setting: str, secret: bytes) -> list[list[float]]:
    """Runs to be made again, as [batch size, lr, seed]; presumes `lr_table.coverage`.

    Decided by the secret and the submission's own grid; the same table always gives the same runs.
    """
    stable = [cell for cell, loss in table.losses[setting].items() if loss < STABLE and cell[0] in lr_table.BATCH_SIZES]
    ranked = sorted(stable, key=lambda cell: hashlib.sha256(secret + repr((setting, *cell)).encode()).digest())
    best = lr_table.best_rates(table, setting)
    near = [cell for cell in ranked if abs(math.log2(cell[1] / best[cell[0]])) < 1.01]
    first_of_size = {size: (size, lr, seed) for size, lr, seed in reversed(near)}
    chosen = sorted(first_of_size.values(), key=ranked.index)[:NEAR]
    chosen += [cell for cell in ranked if cell not in chosen][: NEAR + ANYWHERE - len(chosen)]
    return [list(cell) for cell in chosen]


def reruns_agree(
    table: Table, setting: str, cells: Sequence[Sequence[float]], observations: Sequence[Mapping[str, Any]]
) -> str | None:
    """`train_one` trains, on rows of X, and ends at the losses that the table states, to one percent.

    Args:
        table: the student's.
        setting: whose rows.
        cells: what `secret_cells` chose.
        observations: what `lr_spies:rerun_cells` saw, one per cell.
    """
    if not cells:
        return f"{setting}: no run ends below {STABLE:g}, so none can be made again; is final_mse a trained model's?"
    for (size, lr, seed), seen in zip(cells, observations, strict=True):
        final = float(seen["final"].item() if hasattr(seen["final"], "item") else seen["final"])
        saved = table.losses[setting][int(size), lr, int(seed)]
        says = _trained(setting, (int(size), lr, int(seed)), seen, final)
        if says is None and not _near(final, saved):
            says = (
                f"the table says {saved:.6g}, your `train_one` gives {final:.6g} with {N_STEPS} updates. Save the "
                "table that this code made, on the data of `lr_protocol` and on the CPU, whose random numbers differ "
                "from a GPU's"
            )
        if says is not None:
            return f"{setting}, batch size {size:g}, lr {lr:g}, seed {seed:g}: {says}"
    return None


def _trained(setting: str, cell: Cell, seen: Mapping[str, Any], final: float) -> str | None:
    """Whether what was returned is the loss at the end of the training that was seen, from where the seed starts."""
    size, lr, seed = cell
    rows, sizes = seen["rows"].numpy(), [int(n) for n in seen["sizes"]]
    if not seen["models"]:
        return "`train_one` never called `make_model`: train the model that it makes"
    if sizes != [size] * N_STEPS:
        return f"`train_one` made {len(sizes)} updates on {sum(sizes)} rows; {N_STEPS} on {size} each are asked for"
    X, y = _data(setting)
    if rows.dtype != np.int64 or rows.shape != (N_STEPS * size,) or not ((rows >= 0) & (rows < len(X))).all():
        return "an update used rows that are not of X: give the model rows of X as they are"
    start = protocol_start(setting, seed, seen["models"][-1])
    expected = replayed_loss(setting.partition("_")[2], start, X, y, rows.reshape(N_STEPS, size), lr=lr)
    if _near(final, expected):
        return None
    return (
        f"training on exactly the rows that `train_one` used ends at {expected:.6g}, but it returned {final:.6g}: "
        "return the loss on all of (X, y) after the last update, of a model made right after `torch.manual_seed(seed)`"
    )


def _near(final: float, other: float) -> bool:
    """Equal up to what may differ between machines; what is not finite is near nothing."""
    return math.isfinite(final) and math.isfinite(other) and math.isclose(final, other, rel_tol=TOLERANCE)


@lru_cache(maxsize=4)
def _data(setting: str) -> tuple[lr_table.Floats, lr_table.Floats]:
    """X (4096, 64) and y (4096,) of the real experiment, as students get them."""
    X, y, _, _ = protocol().load(setting)
    return X.numpy().astype(np.float64), y.numpy().astype(np.float64)
