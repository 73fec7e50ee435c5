"""What a report draws of a student's `lr_scaling.csv`: the U-curves, and the best learning rates read from them.

Owns how a table becomes few, rounded numbers beside the reference's. Judges nothing: it draws any table that can be
read, so that a student sees what is wrong with one, too.
"""

import math
from typing import Any

import lr_table
import numpy as np
from lr_evidence import Evidence
from lr_rerun import N_STEPS

CUT = 5.0
"""Above this loss a curve is not drawn, or the cliff of divergence would flatten the rest."""
MOST = 24
"""Points of a curve: of a finer grid, evenly chosen ones."""

Points = list[tuple[float, float]]


def curves_and_optima(evidence: Evidence, reference: Evidence | None) -> dict[str, Any]:
    """The keys of a plot: a curve per batch size, and the optima against the batch size."""
    own, expected = _curves(evidence), _curves(reference)
    own_optima, expected_optima = _optima(evidence), _optima(reference)
    members = [
        {
            "title": f"batch size {size}",
            "own": own.get(size, []),
            "reference": expected.get(size, []),
            "own_at": own_optima.get(size),
            "reference_at": expected_optima.get(size),
        }
        for size in lr_table.BATCH_SIZES
    ]
    slope = "no slope yet" if isinstance(evidence.fit, str) else f"slope {evidence.fit.exponent:.2f} over 1 to 16"
    return {
        "title": f"Best learning rate against batch size, {evidence.setting}",
        "description": f"From your own table: {slope}.",
        "x": "batch size",
        "y": "best learning rate",
        "own": list(own_optima.items()),
        "reference": list(expected_optima.items()),
        "curves": {
            "title": f"Loss after {N_STEPS} updates against learning rate, {evidence.setting}",
            "description": (
                f"From your own table: the mean over seeds of log loss, as far as it is below {CUT:g}; each is lowest "
                "at the mark."
            ),
            "x": "learning rate",
            "y": "loss",
            "members": members,
        },
    }


def _curves(evidence: Evidence | None) -> dict[int, Points]:
    """Batch size -> (learning rate, loss), by increasing learning rate."""
    if evidence is None:
        return {}
    return {size: _points(*curve) for size, curve in lr_table.curves(evidence.table, evidence.setting).items()}


def _points(rates: lr_table.Floats, curve: lr_table.Floats) -> Points:
    low = np.flatnonzero(curve < math.log(CUT))
    chosen = low[np.linspace(0, len(low) - 1, MOST).round().astype(int)] if len(low) > MOST else low
    return [(_rounded(rates[k]), _rounded(math.exp(curve[k]))) for k in chosen]


def _optima(evidence: Evidence | None) -> dict[int, float]:
    """Batch size -> best learning rate, where the grid holds one."""
    if evidence is None or isinstance(evidence.fit, str):
        return {}
    return {size: _rounded(rate) for size, rate in evidence.fit.optima.items()}


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
