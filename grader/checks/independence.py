"""Whether numbers look like independent draws from the uniform distribution between 0 and 1.

Owns the statistics beyond the distribution itself: numbers that fit too well, that come in order, that occur again as
they are or mirrored, and that go with others at any distance. Each test has a share of the rate at which independent
draws may be refused. Registers no kind.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

_TESTS = 4
"""Between which the rate is shared: fit, and links among the numbers, forwards, backwards, and of their distances."""
_COPIES = 0.05
"""Of continuous draws, so many may occur again; with 24 bits, 200,000 draws meet by chance in less than 1 %."""
_EQUAL = 1e-12


def what_depends(u: Numbers, rate: float, continuous: bool = True) -> str | None:
    """A sentence for the first trace of dependence; None where there is none.

    Args:
        u: what came out, in the order in which it came, each put through the distribution function.
        rate: how often independent draws may be refused.
        continuous: whether the same number twice is a sign.
    """
    import numpy as np

    steps = np.diff(u)
    if continuous and ((steps >= 0).all() or (steps <= 0).all()):
        return "the numbers come in order; independent draws do not"
    if continuous and (says := _again(u)) is not None:
        return says
    if _distance(u) < least_distance(len(u), rate / _TESTS):
        return "the numbers fit the distribution better than independent draws do: they are spread evenly"
    centred = u - 0.5
    far = _bound(len(u), rate / _TESTS)
    for one, shape in ((centred, ""), (np.abs(2 * centred) - 0.5, " in how far they are from the middle")):
        at, correlation = _strongest(one)
        if abs(correlation) > far:
            where = "numbers next to each other" if at == 1 else f"numbers {at} places apart"
            return f"{where} go together{shape}: their correlation is {correlation / math.sqrt(len(u) - at):.2g}"
    at, correlation = _strongest_mirrored(centred)
    if abs(correlation) > far:
        return f"numbers whose places add up to {at} go together; independent draws do not"
    return None


def least_distance(draws: int, rate: float) -> float:
    """The distance from the distribution function below which so many independent draws come at this rate.

    By Kolmogorov's limit, taken at a place where the finite sample has less.
    """
    low, high = 0.05, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        below = math.sqrt(2 * math.pi) / middle * math.exp(-(math.pi**2) / (8 * middle**2))
        low, high = (middle, high) if below < rate else (low, middle)
    return max(0.0, low - 1 / (6 * math.sqrt(draws))) / math.sqrt(draws)


def _distance(u: Numbers) -> float:
    import numpy as np

    ordered, n = np.sort(u), len(u)
    above = np.arange(1, n + 1) / n - ordered
    return float(max(above.max(), (ordered - np.arange(n) / n).max()))


def _again(u: Numbers) -> str | None:
    """Whether many numbers occur twice, as they are or mirrored in the middle."""
    import numpy as np

    ordered, n = np.sort(u), len(u)
    if np.count_nonzero(np.diff(ordered) <= _EQUAL) > _COPIES * n:
        return "many of the numbers come twice; independent draws hardly ever do"
    place = np.searchsorted(ordered, 1 - ordered)
    nearest = np.minimum(
        np.abs(ordered[np.minimum(place, n - 1)] - (1 - ordered)),
        np.abs(ordered[np.maximum(place - 1, 0)] - (1 - ordered)),
    )
    if np.count_nonzero(nearest <= 1e-9) > _COPIES * n:
        return "many of the numbers come in pairs, one as far below the middle as the other is above"
    return None


def _bound(draws: int, rate: float) -> float:
    """How many standard deviations none of the sums over pairs may be from zero.

    There are fewer than `2 * draws` of each kind. Their tails are a little heavier than a normal distribution's, the
    more so the fewer draws there are.
    """
    z = -NormalDist().inv_cdf(rate / (4 * draws))
    return z * (1 + z * z / (7 * draws))


def _strongest(x: Numbers) -> tuple[int, float]:
    """The distance at which numbers go together most, and how many standard deviations that is."""
    import numpy as np

    n = len(x)
    spectrum = np.fft.rfft(x, 2 * n)
    sums = np.fft.irfft(spectrum * np.conj(spectrum), 2 * n)[1:n]
    scaled = sums * 12 / np.sqrt(np.arange(n - 1, 0, -1))
    at = int(np.abs(scaled).argmax())
    return at + 1, float(scaled[at])


def _strongest_mirrored(x: Numbers) -> tuple[int, float]:
    """The sum of two places at which numbers go together most, and how many standard deviations that is."""
    import numpy as np

    n = len(x)
    sums = np.fft.irfft(np.fft.rfft(x, 2 * n) ** 2, 2 * n)[: 2 * n - 1]
    places = np.arange(2 * n - 1)
    sums[::2] -= x**2
    pairs = (np.minimum(places, 2 * n - 2 - places) + 1) // 2
    scaled = np.where(pairs > 0, sums / 2 * 12 / np.sqrt(np.maximum(pairs, 1)), 0.0)
    at = int(np.abs(scaled).argmax())
    return at, float(scaled[at])
