"""A student's `lr_scaling.csv` as evidence for one setting: what the checks of question 4 name.

Owns the order in which a table is judged, and which of its numbers a typed answer is held against. The judgements
themselves belong to `lr_table`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import lr_rerun
import lr_table
import numpy as np
from lr_csv import Table, read_table

FEWEST_STABLE = 0.75
"""Share of runs at a batch size's best learning rate that must end below `lr_rerun.STABLE`: only those can be rerun."""


class Evidence(NamedTuple):
    """One setting of a student's table, and its fit: a sentence where there is none."""

    setting: str
    table: Table
    fit: lr_table.Fit | str
    sgd: lr_table.Fit | str
    """The fit of the same model trained by SGD; the setting's own where that is it."""
    unstable: str | None
    """Why its best runs cannot be rerun; a table of such would be out of reach of every check."""


def linear_sgd(data: bytes) -> Evidence | str:
    """The linear model's rows of a table's bytes, or what is wrong with the file."""
    return _evidence(data, "linear_sgd")


def mlp_sgd(data: bytes) -> Evidence | str:
    """The MLP's rows with SGD."""
    return _evidence(data, "mlp_sgd")


def mlp_adam(data: bytes) -> Evidence | str:
    """The MLP's rows with Adam."""
    return _evidence(data, "mlp_adam")


def linear_sgd_fit(data: bytes) -> lr_table.Fit | str:
    """What the linear model's rows say, or why they say nothing."""
    return _fit(data, "linear_sgd")


def mlp_sgd_fit(data: bytes) -> lr_table.Fit | str:
    """What the MLP's rows with SGD say."""
    return _fit(data, "mlp_sgd")


def mlp_adam_fit(data: bytes) -> lr_table.Fit | str:
    """What the MLP's rows with Adam say."""
    return _fit(data, "mlp_adam")


def cells(evidence: Evidence, key: bytes) -> list[list[Any]]:
    """Arguments of `lr_spies:rerun_cells`: the setting, secret cells and the number of updates."""
    return [[evidence.setting, lr_rerun.secret_cells(evidence.table, evidence.setting, key), lr_rerun.N_STEPS]]


def holds(
    evidence: Evidence, reruns: Sequence[tuple[Sequence[Any], Any]] | None, reference: Evidence | None
) -> str | None:
    """A complete table with optima inside the grid, made by the code beside it, near the reference's."""
    if isinstance(evidence.fit, str):
        return evidence.fit
    says = evidence.unstable
    for (setting, again, _), observations in reruns or ():
        says = says or lr_rerun.reruns_agree(evidence.table, setting, again, observations)
    if says is None and reference is not None and isinstance(reference.fit, lr_table.Fit):
        says = lr_table.near_reference(evidence.fit, reference.fit.exponent)
    if says is None and evidence.setting == "mlp_adam" and isinstance(evidence.sgd, lr_table.Fit):
        says = lr_table.weaker_than(evidence.fit, evidence.sgd)
    return says


def _unstable(table: Table, setting: str) -> str | None:
    runs = table.losses[setting]
    for size, rate in lr_table.best_rates(table, setting).items():
        here = [loss for (at, lr, _), loss in runs.items() if at == size and lr == rate]
        if sum(loss < lr_rerun.STABLE for loss in here) < FEWEST_STABLE * len(here):
            return (
                f"{setting}, batch size {size}: even at the best learning rate {rate:g} most runs end above "
                f"{lr_rerun.STABLE:g}, worse than before training; is final_mse the loss after {lr_rerun.N_STEPS} "
                "updates?"
            )
    return None


@lru_cache(maxsize=8)
def _evidence(data: bytes, setting: str) -> Evidence | str:
    table = _table(data)
    if isinstance(table, str):
        return table
    fit, sgd = _fit(data, setting), _fit(data, setting.replace("adam", "sgd"))
    unstable = None if isinstance(fit, str) else _unstable(table, setting)
    return Evidence(setting, table, fit, sgd, unstable)


@lru_cache(maxsize=2)
def _table(data: bytes) -> Table | str:
    return read_table(data)


@lru_cache(maxsize=8)
def _fit(data: bytes, setting: str) -> lr_table.Fit | str:
    table = _table(data)
    if isinstance(table, str):
        return table
    with np.errstate(all="ignore"):  # learning rates may lie anywhere between the smallest float and the largest
        return lr_table.coverage(table, setting) or lr_table.own_fit(table, setting)
