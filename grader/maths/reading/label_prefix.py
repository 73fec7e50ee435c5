r"""Labels: `N_opt = …` or `rank(M) ≤ …` in front of an answer, taken off where they name what is asked.

A label that names something else is not taken off: then the answer is a chain, or it is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from grader.maths.reading.accents import OPTIMUM, accented_names
from grader.maths.reading.columns import blanked, is_open
from grader.maths.reading.delimiters import without_frame
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.foreign_names import is_conditional, is_foreign, label_key
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import GREEK, Symbols, spelling_key
from grader.maths.reading.tree import Call, Name

_SPLIT = re.compile(
    r":=|\\leftarrow(?![A-Za-z])|←|(?<![<>!~=:≤≥])=(?!=)|≈|\\approx(?![A-Za-z])|(?<![=<>]):(?!=)|(?<=\w)\s*~\s*(?=[\d.])"
)
_LIMITS = re.compile(r"(?:\\?(?:sum|prod|lim)|[∑∏])\s*_\s*[A-Za-z]\s*$")
"""The index of a sum without braces, `sum_i=1^n`, whose sign is none behind a label."""
_AT_MOST = re.compile(r"≤|⩽|<=|\\leq?(?![A-Za-z])|\\leqslant(?![A-Za-z])|\b(?:is\s+)?(?:at most|up to|no more than)\b")
_LETTERS = "A-Za-z" + "".join(GREEK)
_NAME = rf"[{_LETTERS}](?:[\w{_LETTERS}*']|[{{}}^\\](?=[\w{{}}\\*]))*\}}*"
_SIMPLE = re.compile(rf"\\?{_NAME}(?:\s*\(\s*\w[\w,\s]*\))?")
_D = r"(?:d|∂|\\partial|\\mathrm\{d\})"
_DERIVATIVE = re.compile(
    rf"(?:\\[td]?frac\s*\{{\s*)?{_D}\s*\\?(?:mathcal)?\{{?(\w*)\}}?(?:\(\w+\))?\s*(?:\}}\s*\{{|/)\s*{_D}\s*\\?({_NAME})\s*\}}?"
)
_OPERATOR = re.compile(
    rf"(?:\\[td]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_D}\s*\\?(\w+)\s*\}}|{_D}\s*/\s*{_D}\s*\\?(\w+))"
    r"\s*\\?(?:mathcal)?\{?(\w+)\}?\s*(?:\(\w+\))?"
)
_PARTIAL = re.compile(rf"(?:∂|\\partial)\s*_\s*\{{?\s*\\?({_NAME})\s*\}}?\s*\\?([A-Za-z])\s*(?:\(\w[\w,\s]*\))?")
_PRIMED = re.compile(r"\\?(?:mathcal)?\{?(\w+?)\}?\s*(?:['’′]|\^\s*\{?\s*\\prime\s*\}?)\s*(?:\(\s*\\?(\w+)\s*\))?")
_GRADIENT = re.compile(
    rf"(?:∇|\\nabla)(?:\s*\^\s*\{{?\s*2\s*\}}?)?\s*_?\s*\{{?\\?([{_LETTERS}](?:_?\w)*)\}}?\s*\\?(?:mathcal)?\{{?(\w?)\}}?"
    r"(?:\(\w[\w,\s]*\))?"
)
_STAR = re.compile(r"\s*+\^?\s*+\{?\s*+(?:\*|\\star|\\ast|⋆)\s*\}?$")
_APPLIED = re.compile(r"\\?([A-Za-z]{2,})\s*[(\[].*[)\]]", re.DOTALL)
_CALLED_NAME = re.compile(rf"({_NAME})\s*\(.+\)", re.DOTALL)
_STATISTIC_OF = re.compile(r"\\?([EVP])\s*(?:_\s*\{?\w+\}?\s*)?[(\[].*[)\]]", re.DOTALL)
_INDEX = re.compile(r"(?<=\w)(?:_|\s)\s*\{?\s*(?:[ijtn]{1,2}|i\s*,\s*j)\s*\}?$")
_DECORATION = re.compile(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])")
_UPRIGHT = re.compile(
    r"\\(?:operatorname|mathrm|text|textrm|mathsf|mathbf|mathit|mathbb)\s*\{([^{}]*)\}|\\(dim|rank|Pr)(?![A-Za-z])"
)
_DIFFERENTIAL = re.compile(r"d\s*([A-Z](?:_?\w)?)")
_WORDS = re.compile(r"[\w ]+")
_ABBREVIATION = 3
_MAX_LABEL = 80
_STATISTICS = {
    "variance": ("Var", "V", "sigma^2"), "var": ("Var", "V", "sigma^2"), "mean": ("E", "mu"),
    "expectation": ("E", "mu"), "expected": ("E", "mu"), "probability": ("P", "Pr", "p"),
    "deviation": ("sd", "Std", "sigma"),
}  # fmt: skip
"""What statistics are called, by a word in the name of the field."""
_STATISTIC = re.compile(
    r"(?:E|V|Var|P|Pr|Cov|Std|mathbbE|mathbbV|mathbbP)\s*(?:_\s*\{?\w+\}?\s*)?[(\[|{\\].*", re.DOTALL
)
_CALLED = re.compile(
    r"(?:\\?[A-Za-z]+(?:_\{?\w+\}?)?\s*[(\[][^=]*[)\]](?:\s*_\s*\{?\w\}?)?|(?:\\langle|⟨)[^=]*(?:\\rangle|⟩))",
    re.DOTALL,
)
_NEXT = re.compile(
    r"(?:\s*_\s*\{\s*(?:\w\s*\+\s*1|new|\\(?:text|mathrm)\s*\{\s*new\s*\})\s*\}|\s*_new"
    r"|\s*\^\s*\{?\s*\(\s*\w\s*\+\s*1\s*\)\s*\}?|['’′])$"
)
_OR_LESS = re.compile(
    r"(?:(?<=[\s,])\(?|\()(?:or (?:less|fewer|smaller)|at (?:the )?most|max(?:imum|\.)?)\s*\)?[\s.]*$"
)
_LEAST_RANK = re.compile(r"\\?min\s*[({\\].*\b(?:rank|rk|dim)\b.*", re.DOTALL)
_COUNTS = frozenset({"count", "number", "size"})
_BOUNDED = frozenset(
    {"bound", "rank", "dim", "dimension", "limit", "most", "max", "maximum", "count", "number", "size"}
)
"""Words in the name of a field whose answer is the most that something can be."""


@dataclass(frozen=True)
class Label:
    """What may stand in front of the answers to one field.

    `asked` is the name of the field, None where it is unknown. `labels` are other names that mean the same; None
    accepts any name that is no part of the right answer. `used` are names and functions that the right answer holds.
    """

    asked: str | None
    labels: Sequence[str] | None
    symbols: Symbols
    used: frozenset[str]

    def taken_off(self, text: str) -> str:
        """Blank out labels in front of `=`, so that columns stay.

        Behind a label that names the field, members made of other names say where the answer comes from.

        Raises:
            Unreadable: the label names something that is not asked.
        """
        text = without_frame(text)
        shorter = self._without_first(text)
        while shorter != text:
            text = self._without_steps(shorter)
            shorter = self._without_first(text)
        return text

    def _without_steps(self, text: str) -> str:
        """Blank out members in front of others that are formulas of names that this question does not have."""
        while (first := _first(text, _SPLIT)) and first.text:
            if self._is_formula(first.text) or not is_foreign(first.text, self.symbols):
                break
            text = blanked(text, first.start, first.stop)
        return text

    def _without_first(self, text: str) -> str:
        first = _first(text, _SPLIT)
        if not first or not first.text or len(first.text) > _MAX_LABEL or is_conditional(first.text):
            return text
        left, without = first.text, blanked(text, first.start, first.stop)
        if label_key(left) in map(label_key, self.labels or ()) or (self.asked is None and self._is_applied(left)):
            return without
        if self._is_update(left, first.sign):
            return without
        meant = [declared] if (declared := self.symbols.find(left)) else list(_meanings(left))
        if self._names_the_field(meant):
            return without
        if not meant or self._is_formula(left):
            return text
        if self.labels is None or self.asked is None:
            return without
        raise Unreadable(f"{left!r} is not what this field asks for: give {self.asked} alone", first.start + 1)

    def taken_off_bound(self, text: str) -> str:
        """Blank out `≤`, `at most` or `rank(M) ≤` where a bound is asked; anything else on the left stays."""
        if self.asked is not None and not _BOUNDED & set(self.asked.lower().split("_")):
            return text
        text = without_frame(text)
        counts = self.asked is not None and _COUNTS & set(self.asked.lower().split("_"))
        behind = None if counts else _OR_LESS.search(text)
        text = blanked(text, behind.start(), behind.end()) if behind and text[: behind.start()].strip() else text
        first = _first(text, _AT_MOST)
        if not first or len(first.text) > _MAX_LABEL:
            return text
        left, without = first.text, blanked(text, 0, first.stop)
        if _LEAST_RANK.fullmatch(left):
            return without
        meant = list(_meanings(left))
        unknown = self.asked is None and bool(meant) and not self.symbols.find(left) and not self._is_formula(left)
        if not left or unknown or self._names_the_field(meant):
            return self.taken_off_bound(without) if _AT_MOST.search(without) else without
        return text

    def _is_applied(self, left: str) -> bool:
        """Whether a left side is a statistic of something, `E[X]` or `P(A)`, of names that the answer lacks."""
        plain = _plain(left)
        return bool(_STATISTIC.fullmatch(plain) or _CALLED.fullmatch(plain)) and not self._is_formula(left)

    def _is_update(self, left: str, sign: str) -> bool:
        """Whether a left side is the next value of a name, `w ←`, `w_{t+1} =`, `w' =`, or the best vector, `w^* =`."""
        following, best = _NEXT.search(left), _STAR.search(left)
        name = self.symbols.find(_NEXT.sub("", left) if following else _STAR.sub("", left))
        if name is None or (self.symbols.find(left) and following):
            return False
        optimum = best is not None and name not in self.used and self.symbols.declared(name).is_matrix
        return bool(following) or optimum or sign in (":=", "←", "\\leftarrow")

    def _names_the_field(self, meant: Iterable[str]) -> bool:
        own = [self.asked, self.asked.partition("_at_")[0]] if self.asked else []
        families = (names for word, names in _STATISTICS.items() if word in (self.asked or "").lower().split("_"))
        derived = (next(_meanings(label), label) for label in self.labels or ())
        accepted = [spelling_key(name).lower() for name in (*own, *(self.labels or ()), *derived, *chain(*families))]
        names = [spelling_key(name).lower() for name in meant]
        asked = (self.asked or "").lower()
        return any(
            name in accepted
            or (len(name) >= _ABBREVIATION and asked.startswith(name) and name.isalpha())
            or (name.endswith("_d?") and asked.startswith(name[:-1]))
            for name in names
        )

    def _is_formula(self, left: str) -> bool:
        """Whether a left side is mathematics of this question, and so a member of a chain."""
        try:
            node = parse(left, self.symbols)
        except Unreadable:
            return False
        if isinstance(node, Call) and node.function in self.symbols.functions:
            return node.function in self.used
        return not isinstance(node, Name) or node.name in self.used


class _First(NamedTuple):
    """What stands in front of a sign, where it starts, and where the sign ends."""

    text: str
    start: int
    stop: int
    sign: str


def _first(text: str, signs: re.Pattern[str]) -> _First | None:
    """What stands in front of the first sign that is inside no bracket."""
    start = len(text) - len(text.lstrip(" $"))
    for sign in signs.finditer(text, start):
        if is_open(text, sign.start()) and not _LIMITS.search(text, 0, sign.start()):
            left = text[start : sign.start()].strip().removeprefix("\\(").strip().removeprefix("#").strip()
            return _First(left, start, sign.end(), sign.group())
    return None


def _plain(left: str) -> str:
    """A left side without upright letters, bracket sizes and the index of an entry."""
    return _INDEX.sub("", _UPRIGHT.sub(r"\1\2", _DECORATION.sub("", left)).strip())


def _meanings(left: str) -> Iterator[str]:
    """The field names that a left side may stand for; none where it is no label at all."""
    if operator := _OPERATOR.fullmatch(left):
        yield f"d{operator.group(3)}_d{operator.group(1) or operator.group(2)}"
    elif derivative := _DERIVATIVE.fullmatch(left):
        function, variable = derivative.groups()
        yield from (f"d{function}_d{variable}", f"grad_{variable}", f"d{variable}", f"d{function}d{variable}")
    elif partial := _PARTIAL.fullmatch(left):
        yield f"d{partial.group(2)}_d{partial.group(1)}"
    elif primed := _PRIMED.fullmatch(left):
        yield f"d{primed.group(1)}_d{primed.group(2) or '?'}"
    elif gradient := _GRADIENT.fullmatch(left):
        yield from (f"grad_{gradient.group(1)}", f"d{gradient.group(2)}_d{gradient.group(1)}")
    else:
        yield from _name_meanings(left)


def _name_meanings(left: str) -> Iterator[str]:
    yield from accented_names(left)
    if star := _STAR.search(left):
        left = left[: star.start()]
        yield from (f"{spelling_key(left)}{ending}" for ending in OPTIMUM)
    if _SIMPLE.fullmatch(left):
        bare = left.partition("(")[0].strip()
        argument = re.sub(r"[()\s]", "", left[len(bare) :])
        yield bare
        if argument:
            yield f"{bare}_of_{argument}"
    plain = _plain(left)
    if called := _CALLED_NAME.fullmatch(plain):
        yield called.group(1)
    applied = _APPLIED.fullmatch(plain) or _STATISTIC_OF.fullmatch(plain)
    if applied and applied.group(1) not in SPELLINGS:
        yield applied.group(1)
    elif differential := _DIFFERENTIAL.fullmatch(plain):
        yield from (plain, f"grad_{differential.group(1)}")
    elif _WORDS.fullmatch(plain) and plain[:1].isalpha():
        yield plain.replace(" ", "_")
        yield plain.partition(" ")[0]
    elif re.fullmatch(r"[A-Za-z]{3,}\s+[A-Za-z]+\s*\(\w+\)", plain):
        yield plain.partition(" ")[0]
