"""The answer of the learning-rate experiment: the sweep of the reference seeds, and its slopes.

Owns what is kept of them within a process. How runs are trained belongs to `engine`, how slopes are fitted to `fit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from reference.experiments.engine import Sweep, sweep
from reference.experiments.fit import Slopes, slopes
from reference.experiments.given import SETTINGS
from reference.experiments.protocol import REFERENCE_SEEDS, STEPS


@lru_cache(maxsize=4)
def reference_sweep(setting: str) -> Sweep:
    """Protocol T with the reference seeds in float32 on the CPU: what students' evidence is held against."""
    return sweep(setting, STEPS, REFERENCE_SEEDS)


@lru_cache(maxsize=1)
def reference_slopes() -> Mapping[str, Slopes]:
    """Setting -> slopes of the reference seeds, for the three graded settings and for `linear_adam`.

    Deterministic; computed once per process, in a few seconds on one core.
    """
    return MappingProxyType({setting: slopes(reference_sweep(setting)) for setting in SETTINGS})
