"""Words that are judged exactly: `words`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from grader.checks.base import Complaint, Context, Variant
from grader.checks.choices import items_of
from grader.checks.field import FieldCheck, ForeseenSpec, partly
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, Told
from grader.records import Outcome


class WordsSpec(ForeseenSpec):
    """An identifier, a short text, or (where `right` is a list) several of them.

    `also` lists what is just as right as the one word; in a list, what is just as right stands beside its member:
    `[[sigmoid, logistic], tanh]`. `case: kept` tells capitals apart; `spacing: kept` counts every blank, `ignored`
    none, and otherwise several count as one. A list is in `order`, unless `any` is; then `wanted` says how many of it
    are asked for, if not all. `partial: each` gives credit for each right member less one for each wrong one.
    """

    kind: Literal["words"]
    right: Annotated[
        str | tuple[str | tuple[str, ...], ...], InKit(lambda right: WITHHELD if isinstance(right, str) else [WITHHELD])
    ] = Field(min_length=1)
    also: tuple[str, ...] = ()
    wanted: Told[int | None] = Field(None, ge=1)
    case: Told[Literal["ignored", "kept"]] = "ignored"
    spacing: Told[Literal["one", "kept", "ignored"]] = "one"
    order: Told[Literal["kept", "any"]] = "kept"
    partial: Told[Literal["none", "each"]] = "none"

    @model_validator(mode="after")
    def _list_says_all(self) -> WordsSpec:
        if isinstance(self.right, str):
            if self.wanted is not None or self.partial != "none" or self.order != "kept":
                raise ValueError("`wanted`, `partial` and `order` are for a list: `right: [this, that]`")
            return self
        if self.also:
            raise ValueError("what is as right as one of a list stands beside it: `right: [[this, or this], that]`")
        if self.wanted is not None and self.order == "kept":
            raise ValueError("`wanted` goes with `order: any`")
        if self.wanted is not None and self.right != (WITHHELD,) and self.wanted > len(self.right):
            raise ValueError(f"{self.wanted} are wanted of a list of {len(self.right)}")
        return self

    @property
    def members(self) -> tuple[tuple[str, ...], ...]:
        """What is right: for each member, all that it may be called."""
        if isinstance(self.right, str):
            return ((self.right, *self.also),)
        return tuple((one,) if isinstance(one, str) else one for one in self.right)

    def right_in_words(self) -> str:
        """What is right, and what is just as right."""
        if (WITHHELD,) in self.members:
            return ""
        told = ", ".join(" or ".join(f"`{one}`" for one in member) for member in self.members)
        return f"{self.wanted} of {told}" if self.wanted else told


@register("words", place="fields", spec=WordsSpec)
class WordsCheck(FieldCheck[WordsSpec]):
    """The typed words held against the right ones."""

    def judge_read(self, context: Context, words: Sequence[str], read: Outcome) -> Outcome:
        """A foreseen mistake by its name, if it is not what is right letter by letter; else by the rules."""
        typed, credit = max(((one, self._credit(one)) for one in self._parted(words)), key=lambda one: one[1] == 1)
        read = read.model_copy(update={"reading": self._told_as_read(typed)})
        plain = [self._plain(one) for one in typed]
        foreseen = (mistake for mistake in self.spec.mistakes if self._plainly(mistake.answer) == plain)
        if (mistake := next(foreseen, None)) is not None and not self._is_right_plainly(plain):
            return partly(read, mistake.credit, mistake.says, mistake.says)
        return partly(read, credit, self._told(typed))

    def _told(self, typed: Sequence[str]) -> str:
        if isinstance(self.spec.right, str):
            return "another word is meant"
        if len(typed) != self._wanted:
            return f"{self._wanted} are wanted, {len(typed)} came"
        hits = self._hits(typed)
        wrong = (len(typed) - hits) * self._counts_each
        told = f"{hits} of {self._wanted} are right" + (", each in its place" if self.spec.order == "kept" else "")
        return told + (f"; {wrong} wrong {'takes' if wrong == 1 else 'take'} as much away" if wrong else "")

    @property
    def _wanted(self) -> int:
        return self.spec.wanted or len(self.spec.members)

    @property
    def _counts_each(self) -> bool:
        return self.spec.partial == "each"

    def _hits(self, typed: Sequence[str]) -> int:
        meant = [self._member(one) for one in typed]
        if self.spec.order == "kept":
            return sum(member == place for place, member in enumerate(meant))
        return min(len({member for member in meant if member is not None}), self._wanted)

    def _credit(self, typed: Sequence[str]) -> float:
        hits = self._hits(typed)
        if hits == len(typed) == self._wanted or not self._counts_each:
            return float(hits == len(typed) == self._wanted)
        return max(0.0, (hits - (len(typed) - hits)) / self._wanted)

    def _member(self, typed: str) -> int | None:
        """Which member of the right ones this is."""
        forms = [self._plain(form) for form in _bare_forms(typed)]
        for number, member in enumerate(self.spec.members):
            if any(self._plain(one) in forms for one in member):
                return number
        return None

    def read(self, context: Context, text: str) -> tuple[list[str], str]:
        """The words as they are told apart; of several, how many they are."""
        words = self._split(text)
        return words, self._told_as_read(words)

    def _told_as_read(self, typed: Sequence[str]) -> str:
        words = ", ".join(self._plain(one) for one in typed)
        if isinstance(self.spec.right, str) or not typed:
            return words
        return f"{len(typed)} {'word' if len(typed) == 1 else 'words'}: {words}"

    def _split(self, text: str) -> list[str]:
        return [text] if isinstance(self.spec.right, str) else items_of(text)

    def _parted(self, words: Sequence[str]) -> Iterator[Sequence[str]]:
        """The words, first as they were parted; a list may be parted by strokes and blanks where words have none."""
        yield words
        for sign in () if isinstance(self.spec.right, str) else (_STROKE, r"\s+"):
            yield [piece.strip() for one in words for piece in re.split(sign, one) if piece.strip()]

    def _plainly(self, text: str) -> list[str]:
        return [self._plain(one) for one in self._split(text)]

    def _is_right_plainly(self, plain: Sequence[str]) -> bool:
        """Letter by letter, as `case` and `spacing` see them."""
        members = {self._plain(one) for member in self.spec.members for one in member}
        return all(one in members for one in plain) and self._credit(plain) == 1

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
        many = f"{self.spec.wanted} of them" if self.spec.wanted else "several"
        several = f"{many}, separated by commas" if not isinstance(self.spec.right, str) else ""
        order = "in order" if several and self.spec.order == "kept" else ""
        rules = [several, order, "capitals count" if self.spec.case == "kept" else ""]
        rules += ["every blank counts" if self.spec.spacing == "kept" else ""]
        rules += ["each right one counts, each wrong one takes as much away" if self._counts_each else ""]
        told = ", ".join(filter(None, rules))
        return f"{self.spec.asks.rstrip()} ({told})" if told else self.spec.asks

    def planted_mistakes(self) -> Sequence[Variant]:
        """The wrong answers that its author foresaw; without any, a word that nobody asks for."""
        return super().planted_mistakes() or [self.variant("something else", place=("right",))]

    def accepted(self) -> Sequence[Variant]:
        """What else is right."""
        also = (self.variant(answer, credit=1.0, place=("also", i)) for i, answer in enumerate(self.spec.also))
        found = [*also, *super().accepted()]
        if not isinstance(self.spec.right, str):
            last = ", ".join(member[-1] for member in self.spec.members[-self._wanted :])
            found.append(self.variant(f"{last}.", credit=1.0, place=("right",)))
        return found

    def problems(self) -> Sequence[Complaint]:
        """A word that two members of a list may be called."""
        found, seen = [*super().problems()], set[str]()
        for number, member in enumerate(self.spec.members):
            called = {self._plain(one) for one in member}
            found += [(("right", number), f"{one!r} stands there twice") for one in sorted(called & seen)]
            seen |= called
        return found


_STROKE = "[/&+]"
_LAYERS = 6
"""Marks around marks that are taken off a word."""
_AROUND = (("(", ")"), ("[", "]"), ("{", "}"), ("**", "**"), ("*", "*"), ("$", "$"), ("“", "”"), ("„", "“"), ("«", "»"))
_SET = re.compile(r"\\(?:text|texttt|textrm|textbf|textit|mathrm|mathtt|operatorname)\{(.*)\}")


def _bare_forms(typed: str) -> list[str]:
    """A word as it stands, and then without what a sentence or a typesetter puts around it, piece by piece."""
    forms = [typed]
    for _ in range(_LAYERS):
        bare = forms[-1].strip().rstrip(".,;:").strip("`\"'").replace("\\_", "_")
        if (set_in := _SET.fullmatch(bare)) is not None:
            bare = set_in[1]
        for opening, closing in _AROUND:
            if len(bare) > len(opening + closing) and bare.startswith(opening) and bare.endswith(closing):
                bare = bare[len(opening) : -len(closing)]
        if bare in (forms[-1], ""):
            break
        forms.append(bare)
    return forms
