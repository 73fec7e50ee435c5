"""Things to be put in order: `ordering`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, model_validator

from grader.checks.base import Context, Variant
from grader.checks.choice import Options, listed_options, option_chosen, option_texts
from grader.checks.choices import items_of
from grader.checks.control import Control
from grader.checks.field import FieldCheck, FieldSpec, Unreadable, partly
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, Told
from grader.records import Outcome

_RULE = "Each pair in the right order counts, and one in the wrong order takes as much away."
_BETWEEN = re.compile(r"→|⟶|->|=>|>|\\to\b|\\rightarrow\b")


class OrderingSpec(FieldSpec):
    """Items, and the order they belong in.

    `partial: pairs` gives credit for each pair in the right order and takes as much away for each in the wrong one: the
    reverse earns 0. A pair of which one is missing counts as neither.
    """

    kind: Literal["ordering"]
    items: Options = Field(min_length=3)
    right: Annotated[tuple[str, ...], InKit(lambda right: [WITHHELD])]
    partial: Told[Literal["none", "pairs"]] = "none"

    @model_validator(mode="after")
    def _right_are_all_items(self) -> OrderingSpec:
        if self.right != (WITHHELD,) and (set(self.right) != set(self.items) or len(self.right) != len(self.items)):
            raise ValueError(f"`right` must name each item once — there are: {', '.join(self.items)}")
        return self

    def right_in_words(self) -> str:
        """The items in order."""
        return " → ".join(f"{self.items[key].text} (`{key}`)" for key in self.right if key in self.items)


@register("ordering", place="fields", spec=OrderingSpec)
class OrderingCheck(FieldCheck[OrderingSpec]):
    """The typed order held against the right one."""

    def judge_read(self, context: Context, order: Sequence[str], read: Outcome) -> Outcome:
        """By the rule of partial credit."""
        right, wrong = self._pairs_in_order(order), self._pairs(order) - self._pairs_in_order(order)
        told = f"{right} of {self._pairs(self.spec.right)} pairs are in the right order"
        if wrong and self.spec.partial == "pairs":
            told += f"; {wrong} wrong {'takes' if wrong == 1 else 'take'} as much away"
        return partly(read, self._credit(order), told)

    @staticmethod
    def _pairs(order: Sequence[str]) -> int:
        return len(order) * (len(order) - 1) // 2

    def _pairs_in_order(self, order: Sequence[str]) -> int:
        place = {key: i for i, key in enumerate(self.spec.right)}
        return sum(place[one] < place[other] for one, other in combinations(order, 2))

    def _credit(self, order: Sequence[str]) -> float:
        if tuple(order) == self.spec.right or self.spec.partial == "none":
            return float(tuple(order) == self.spec.right)
        right = self._pairs_in_order(order)
        return max(0.0, (2 * right - self._pairs(order)) / self._pairs(self.spec.right))

    def read(self, context: Context, text: str) -> tuple[list[str], str]:
        """The order that was meant; unreadable if one is unknown, there twice, or missing where all count as one."""
        order = [option_chosen(item, self.spec.items, "the items") for item in items_of(_BETWEEN.sub(",", text))]
        if twice := [item for i, item in enumerate(order) if item in order[:i]]:
            raise Unreadable(f"{twice[0]} is here twice")
        lacking = self._lacking(order)
        if lacking and (self.spec.partial == "none" or not order):
            raise Unreadable(lacking)
        return order, ", ".join(order) + (f" ({lacking})" if lacking else "")

    def _lacking(self, order: Sequence[str]) -> str:
        lacking = [key for key in sorted(self.spec.items) if key not in order]
        return f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing" if lacking else ""

    @property
    def asked(self) -> str:
        """What is asked, and how; the items follow."""
        return f"{self.spec.asks.rstrip()} (All of them in order, separated by commas.{self._rule})"

    @property
    def _rule(self) -> str:
        return f" {_RULE}" if self.spec.partial == "pairs" else ""

    @property
    def control(self) -> Control:
        """An item for each place."""
        places = {str(i): f"{i}." for i in range(1, len(self.spec.items) + 1)}
        return Control("order", option_texts(self.spec.items), places, note=f"Each of them once.{self._rule}")

    def offered(self) -> Sequence[str]:
        """Each item and its text."""
        return listed_options(self.spec.items)

    def planted_mistakes(self) -> Sequence[Variant]:
        """The reverse, and each exchange of two neighbours."""
        right = self.spec.right
        wrong = [tuple(reversed(right))]
        wrong += [(*right[:i], right[i + 1], right[i], *right[i + 2 :]) for i in range(len(right) - 1)]
        return [self.variant(", ".join(one), credit=self._credit(one), place=("right",)) for one in wrong]

    def accepted(self) -> Sequence[Variant]:
        """The right order, one item a line."""
        lines = "\n".join(f"{i}. {key}" for i, key in enumerate(self.spec.right, 1))
        return [self.variant(lines, credit=1.0, place=("right",))]
