"""What the small network's weights are like: numbers that question 7 asks for."""

from __future__ import annotations

from reference.experiments.given import PROBES  # noqa: F401 — makes the handed-out modules importable


def small_weights() -> float:
    """Percent of `conv3`'s weights that are smaller in magnitude than a tenth of the largest."""
    from small_convnet import load

    magnitudes = load().conv3.weight.abs()
    return 100 * float((magnitudes < magnitudes.max() / 10).double().mean())
