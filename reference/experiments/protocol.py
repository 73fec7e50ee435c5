"""What the learning-rate experiment varies and holds fixed.

Owns the two protocols (fixed steps, fixed samples) and the grids of learning rates.
The data and models stand in `problems/probes/lr_protocol.py`, which students have too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from reference.experiments.given import N_STEPS

ProtocolName = Literal["steps", "samples"]

PRE_CRITICAL = (1, 2, 4, 8, 16)
"""Batch sizes that the exponent is fitted over: at most a quarter of the 64 features."""
SATURATED = (64, 128, 256)
REFERENCE_SEEDS = tuple(range(8))
SAMPLES = 4096
"""What one run may see under fixed samples."""


def _half_octaves(low: float, high: float) -> tuple[float, ...]:
    return tuple(2.0 ** (low + k / 2) for k in range(round(2 * (high - low)) + 1))


@dataclass(frozen=True)
class Protocol:
    """One way to make runs with different batch sizes comparable."""

    name: ProtocolName
    noise: float
    """Standard deviation of the label noise."""
    n_steps: Callable[[int], int]
    """Batch size -> number of updates."""
    learning_rates: Mapping[str, tuple[float, ...]]
    """Optimizer -> grid, half an octave apart, wide enough that every optimum lies inside."""


STEPS = Protocol(
    "steps",
    noise=0.01,
    n_steps=lambda batch_size: N_STEPS,
    learning_rates={"sgd": _half_octaves(-10, 0.5), "adam": _half_octaves(-11, -2)},
)
SAMPLES_SEEN = Protocol(
    "samples",
    noise=0.3,
    n_steps=lambda batch_size: SAMPLES // batch_size,
    learning_rates={"sgd": _half_octaves(-13, 0.5), "adam": _half_octaves(-14, -1)},
)
PROTOCOLS: Mapping[str, Protocol] = {"steps": STEPS, "samples": SAMPLES_SEEN}
