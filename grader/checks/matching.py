"""Things to be paired with others: `matching`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from grader.checks.base import Context, Variant
from grader.checks.choice import Options, listed_options, option_chosen, option_texts
from grader.checks.choices import items_of
from grader.checks.control import Control
from grader.checks.field import FieldCheck, FieldSpec, Unreadable, comment, partly
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, Told
from grader.records import Outcome

_PAIR = re.compile(r"(.+?)\s*(?::|=|->|→|\\to\b)\s*(.+)")


class MatchingSpec(FieldSpec):
    """Items on the left, each of which belongs to one on the right; several may belong to the same.

    `partial: each` gives credit for each item that is paired rightly; one that is not paired costs no more than itself.
    """

    kind: Literal["matching"]
    left: Options = Field(min_length=2)
    right: Options = Field(min_length=2)
    pairs: Annotated[dict[str, str], InKit(lambda pairs: {WITHHELD: WITHHELD})]
    partial: Told[Literal["none", "each"]] = "none"

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> MatchingSpec:
        if WITHHELD in self.pairs:
            return self
        if set(self.pairs) != set(self.left):
            raise ValueError(f"`pairs` must pair each of the left once — there are: {', '.join(self.left)}")
        if unknown := set(self.pairs.values()) - set(self.right):
            raise ValueError(f"`pairs` names {sorted(unknown)[0]!r} — on the right there are: {', '.join(self.right)}")
        return self

    def right_in_words(self) -> str:
        """The pairs."""
        pairs = ((key, other) for key, other in self.pairs.items() if key in self.left)
        return "; ".join(f"{self.left[key].text}: {self.right[other].text} (`{key}: {other}`)" for key, other in pairs)


@register("matching", place="fields", spec=MatchingSpec)
class MatchingCheck(FieldCheck[MatchingSpec]):
    """The typed pairs held against the right ones."""

    def judge_read(self, context: Context, typed: Mapping[str, str], read: Outcome) -> Outcome:
        """By the rule of partial credit."""
        wrong = [key for key in typed if typed[key] != self.spec.pairs[key]]
        says = next((said for key in wrong if (said := self.spec.left[key].says)), "")
        told = f"{len(wrong)} of {len(self.spec.left)} are paired wrongly" if wrong else ""
        return partly(read, self._credit(typed), says or "; ".join(filter(None, [told, self._lacking(typed)])), says)

    def _credit(self, typed: Mapping[str, str]) -> float:
        right = sum(typed[key] == self.spec.pairs[key] for key in typed) / len(self.spec.left)
        return right if self.spec.partial == "each" else float(right == 1)

    def read(self, context: Context, text: str) -> tuple[dict[str, str], str]:
        """The pairs that were meant; unreadable if one is unknown, there twice, or missing where all count as one."""
        typed = self._pairs(text)
        lacking = self._lacking(typed)
        if lacking and (self.spec.partial == "none" or not typed):
            raise Unreadable(lacking)
        reading = ", ".join(f"{key}: {typed[key]}" for key in self.spec.left if key in typed)
        return typed, f"{reading} ({lacking})" if lacking else reading

    def _pairs(self, text: str) -> dict[str, str]:
        typed: dict[str, str] = {}
        for item in items_of(text):
            pair = _PAIR.fullmatch(" ".join(item.split()))
            if pair is None:
                like = f"`{next(iter(self.spec.left))}: {next(iter(self.spec.right))}`"
                raise Unreadable(f"{item[:60]!r} is no pair — write {like}")
            left = option_chosen(pair[1], self.spec.left, "those on the left")
            right = option_chosen(pair[2], self.spec.right, "those on the right")
            if left in typed:
                raise Unreadable(f"{left} is paired twice")
            typed[left] = right
        return typed

    def _lacking(self, typed: Mapping[str, str]) -> str:
        lacking = [key for key in self.spec.left if key not in typed]
        return f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not paired" if lacking else ""

    @property
    def asked(self) -> str:
        """What is asked, and how."""
        left, right = sorted(self.spec.left)[0], sorted(self.spec.right)[-1]
        return f"{self.spec.asks.rstrip()} (In quotes or below `|`, as in '{left}: {right}, …'.{self._rule})"

    @property
    def _rule(self) -> str:
        return " Each pair counts." if self.spec.partial == "each" else ""

    @property
    def control(self) -> Control:
        """One of the right for each of the left."""
        note = "Several may belong to the same."
        return Control("pairs", option_texts(self.spec.right), option_texts(self.spec.left), note=f"{note}{self._rule}")

    def offered(self) -> Sequence[str]:
        """Both sides."""
        return [*listed_options(self.spec.left), *comment("belong to"), *listed_options(self.spec.right)]

    def planted_mistakes(self) -> Sequence[Variant]:
        """Every pair wrong, and each pair alone."""
        names = list(self.spec.right)
        other = {key: names[(names.index(right) + 1) % len(names)] for key, right in self.spec.pairs.items()}
        wrong = [other, *({**self.spec.pairs, key: other[key]} for key in self.spec.left)]
        return [self.variant(_typed(one), credit=self._credit(one), place=("pairs",)) for one in wrong]

    def accepted(self) -> Sequence[Variant]:
        """The right pairs, one a line, with arrows."""
        lines = "\n".join(f"{left} -> {right}" for left, right in reversed(self.spec.pairs.items()))
        return [self.variant(lines, credit=1.0, place=("pairs",))]


def _typed(pairs: Mapping[str, str]) -> str:
    return ", ".join(f"{left}: {right}" for left, right in pairs.items())
