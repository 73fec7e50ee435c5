"""How surely a check catches a wrong function, judged from what it saw so far.

Owns the bounds. A check draws several cases by themselves, and one that is refused is enough. So after few secrets it
is often known that hardly any secret lets a function through: if the average case refuses it with probability c, all k
of a secret let it through with at most (1 - c)^k. (Cases that differ only help: the product of what is left over is
largest where all are equal.) The bound is looked at after each secret, so among thousands of functions a few are
believed to be caught a little more surely than they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DOUBT = 0.01
"""The chance that a bound is wrong, by Clopper and Pearson."""
_STEPS = 40


@dataclass
class Tally:
    """What one check saw of one function: of `tried` cases, `cases` in each secret, `refused` were refused."""

    cases: int = 1
    refused: int = 0
    tried: int = 0

    def add(self, refused: int, cases: int) -> None:
        """Count the cases of one more secret."""
        self.cases, self.refused, self.tried = cases, self.refused + refused, self.tried + cases

    def at_least(self) -> float:
        """The share of secrets under which the check refuses the function, at least."""
        return 1 - (1 - lower_bound(self.refused, self.tried)) ** self.cases


def lower_bound(seen: int, tried: int) -> float:
    """The least probability with which something happens that was seen so often."""
    if seen == 0:
        return 0.0
    low, high = 0.0, seen / tried
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _at_least(seen, tried, middle) > DOUBT else (middle, high)
    return low


def upper_bound(seen: int, tried: int) -> float:
    """The largest such probability."""
    return 1.0 - lower_bound(tried - seen, tried)


def _at_least(seen: int, tried: int, probability: float) -> float:
    """The chance of seeing something at least so often."""
    yes, no = math.log(probability), math.log1p(-probability)
    whole = math.lgamma(tried + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(i + 1) - math.lgamma(tried - i + 1) + i * yes + (tried - i) * no)
        for i in range(seen, tried + 1)
    )
