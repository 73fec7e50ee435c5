"""Words that are judged exactly: `words`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from grader.checks.base import Check, Complaint, Context, PartFacts, Variant
from grader.checks.choices import items_of
from grader.checks.field import FieldCheck, FieldSpec, partly
from grader.checks.formula_spec import MistakeSpec
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, only
from grader.records import Outcome, Verdict


class WordsSpec(FieldSpec):
    """An identifier, a short text, or (where `right` is a list) several of them.

    `also` lists what is just as right. `case: kept` tells capitals apart; `spacing: kept` counts every blank,
    `ignored` none, and otherwise several count as one. A list is in `order`, unless `any` is; `partial: each` gives
    credit for each right member less one for each wrong one.
    """

    kind: Literal["words"]
    right: str | tuple[str, ...] = Field(min_length=1)
    also: tuple[str, ...] = ()
    case: Literal["ignored", "kept"] = "ignored"
    spacing: Literal["one", "kept", "ignored"] = "one"
    order: Literal["kept", "any"] = "kept"
    partial: Literal["none", "each"] = "none"
    accepted: tuple[str, ...] = ()
    mistakes: tuple[MistakeSpec, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """What is right, as a list."""
        return (self.right,) if isinstance(self.right, str) else self.right

    def right_in_words(self) -> str:
        """What is right, and what is just as right."""
        if WITHHELD in self.members:
            return ""
        return " or ".join(f"`{one}`" for one in (", ".join(self.members), *self.also))

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The rules, and whether one or several are asked for."""
        right: Any = WITHHELD if isinstance(self.right, str) else [WITHHELD]
        rules = only(written, "case", "spacing", "order", "partial")
        return {**super().for_students(written), **rules, "right": right}


class WordsCheck(FieldCheck[WordsSpec]):
    """The typed words held against the right ones."""

    def judge_text(self, context: Context, text: str) -> Outcome:
        """A foreseen mistake by its name; else by the rules."""
        read, typed = self.read_text(context, text), self._read(text)
        credit = self._credit(typed)
        if credit < 1:
            foreseen = (mistake for mistake in self.spec.mistakes if self._read(mistake.answer) == typed)
            if (mistake := next(foreseen, None)) is not None:
                return partly(read, mistake.credit, mistake.says, mistake.says)
        return partly(read, credit, self._told(typed))

    def _told(self, typed: Sequence[str]) -> str:
        if isinstance(self.spec.right, str):
            return "another word is meant"
        wanted = len(self.spec.members)
        if len(typed) != wanted:
            return f"{wanted} are wanted, {len(typed)} came"
        return f"{self._hits(typed)} of {wanted} are right" + (
            ", each in its place" if self.spec.order == "kept" else ""
        )

    def _hits(self, typed: Sequence[str]) -> int:
        right = [self._plain(one) for one in self.spec.members]
        if self.spec.order == "any":
            return len(set(typed) & set(right))
        return sum(one == other for one, other in zip(typed, right, strict=False))

    def _credit(self, typed: Sequence[str]) -> float:
        right = [self._plain(one) for one in self.spec.members]
        if isinstance(self.spec.right, str):
            return float(list(typed) in ([one] for one in (*right, *map(self._plain, self.spec.also))))
        same = sorted(typed) == sorted(right) if self.spec.order == "any" else list(typed) == right
        if same or self.spec.partial == "none":
            return float(same)
        hits = self._hits(typed)
        return max(0.0, (hits - (len(typed) - hits)) / max(len(right), len(typed)))

    def read_text(self, context: Context, text: str) -> Outcome:
        """The words as they are compared."""
        return Outcome(verdict=Verdict.NEEDS_REVIEW, answer=text, reading=", ".join(self._read(text)))

    def _read(self, text: str) -> list[str]:
        items = [text] if isinstance(self.spec.right, str) else items_of(text)
        return [self._plain(item) for item in items]

    def _plain(self, text: str) -> str:
        if self.spec.spacing == "kept":
            plain = text.strip("\r\n")
        else:
            plain = re.sub(r"\s+", "" if self.spec.spacing == "ignored" else " ", text.strip())
        for quote in ("`", "'", '"'):
            if len(plain) > 2 and plain[0] == plain[-1] == quote:
                plain = plain[1:-1]
        return plain if self.spec.case == "kept" else plain.casefold()

    @property
    def asked(self) -> str:
        """What is asked, and by which rules."""
        several = "several, separated by commas" if not isinstance(self.spec.right, str) else ""
        order = "in order" if several and self.spec.order == "kept" else ""
        rules = [several, order, "capitals count" if self.spec.case == "kept" else ""]
        rules += ["every blank counts" if self.spec.spacing == "kept" else ""]
        told = ", ".join(filter(None, rules))
        return f"{self.spec.asks.rstrip()} ({told})" if told else self.spec.asks

    def planted_mistakes(self) -> Sequence[Variant]:
        """The wrong answers that its author foresaw; without any, a word that nobody asks for."""
        mistakes = [
            self.variant(mistake.answer, credit=mistake.credit, says=mistake.says, place=("mistakes", i))
            for i, mistake in enumerate(self.spec.mistakes)
        ]
        return mistakes or [self.variant("something else", place=("right",))]

    def accepted(self) -> Sequence[Variant]:
        """What else is right."""
        places = [("also", i) for i in range(len(self.spec.also))]
        places += [("accepted", i) for i in range(len(self.spec.accepted))]
        answers = (*self.spec.also, *self.spec.accepted)
        return [self.variant(answer, credit=1.0, place=place) for answer, place in zip(answers, places, strict=True)]

    def problems(self) -> Sequence[Complaint]:
        """A listed mistake that is right after all."""
        return [
            (("mistakes", i, "answer"), f"{mistake.answer!r} is listed as a mistake but is right")
            for i, mistake in enumerate(self.spec.mistakes)
            if self._credit(self._read(mistake.answer)) == 1
        ]


@register("words", place="fields", spec=WordsSpec)
def _words(part: PartFacts, name: str, spec: WordsSpec) -> Check:
    return WordsCheck(part, name, spec)
