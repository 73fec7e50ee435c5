r"""What stands behind a formula and does not belong to it: `2n - 1 (n ≥ 1)`, `x^T M y with M = A^T A`.

A condition is read over only where it holds on the whole declared domain, so that nothing is said of a part of it.
A definition is put in where its name stands.
"""

from __future__ import annotations

import re

from grader.maths.comparing.scalars import compare
from grader.maths.reading.columns import blanked, is_open
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.foreign_names import NAME, is_conditional, label_key
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import MAX_CHARACTERS
from grader.maths.reading.tree import ONE, Call, Relation, names

_SIGN = r"(?:[<>≤≥≠]|\\(?:leq?|geq?|neq?|lt|gt|leqslant|geqslant)(?![A-Za-z])|!=)"
_OPENING = r"(?:[,;\s]|\\q?quad|\\[,;: ])*"
_WORD = r"(?:\\text\s*\{\s*)?\b(?:for all|for|if|when|where|with|provided that|assuming)\b(?:\s*\})?"
_GAP = r"(?:[,;\s]|\\q?quad|\\[,;: ])+"
_BEHIND = re.compile(
    rf"(?:{_GAP}\(\s*(?:{_WORD})?\s*(?P<bracketed>[^()]*{_SIGN}[^()]*)\)|(?:{_OPENING}{_WORD}|,|;|\\q?quad)"
    rf"(?P<plain>[^,;()]*{_SIGN}[^,;()]*))[\s.$]*$"
)
_SETS = {"N": "integer", "ℕ": "integer", "Z": "integer", "ℤ": "integer", "R": "", "ℝ": ""}
_MEMBER = re.compile(
    rf"(?:{_OPENING}{_WORD}|,|;|\\q?quad|{_OPENING}\(|{_OPENING}(?:∀|\\forall)){_OPENING}(?P<names>\w+(?:\s*,\s*\w+)*)"
    r"\s*(?:(?:∈|\\in(?![a-z])|\bin\b)\s*(?:\\mathbb\s*\{?\s*)?(?P<set>[NZRℕℤℝ])\s*\}?(?:_?[+0-9]|\^\+|_\{[^{}]*\})?)\s*\)?[\s.$]*$"
)
_DRAWN = re.compile(
    rf"(?:{_OPENING}{_WORD}|,|;|\\q?quad){_OPENING}(?P<name>\\?[A-Za-zα-ω]+(?:_\{{?\w+\}}?)?)\s*(?:∼|~|\\sim(?![a-z]))\s*"
    r"(?:\\math\w+\s*\{?\s*)?[A-Z]\w*\s*\}?\s*\([^()]*\)[\s.$]*$"
)
_DEFINED = re.compile(
    rf"(?:{_OPENING}{_WORD}|[,;])\s*(?P<name>\\?[A-Za-z]+(?:_\{{?[\w]+\}}?)?)\s*(?::=|=)(?P<formula>[^=]+)$"
)
_FACTOR = re.compile(r"(?:[*·⋅×/+^_-]|\\cdot|\\times|(?:^|[\s*·)])[1I]|\{[1I]\})\s*$")
"""What makes a condition in brackets a factor: an operator in front, or the sign of an indicator."""
_MOST_DEFINITIONS = 4
_TAIL = 160
"""Characters at the end in which a condition or a definition is looked for, so that no pattern takes long."""


def without_condition_behind(text: str, symbols: Symbols) -> str:
    """Blank out a condition that holds on the whole domain, or the law of a name, so that columns stay.

    Raises:
        Unreadable: it holds on a part of the domain alone.
    """
    drawn = _DRAWN.search(text, max(0, len(text) - _TAIL))
    if drawn and text[: drawn.start()].strip() and symbols.find(drawn.group("name")):
        return blanked(text, drawn.start())
    member = _MEMBER.search(text, max(0, len(text) - _TAIL))
    if member and text[: member.start()].strip():
        known = [symbols.by_name.get(symbols.find(name.strip()) or "") for name in member.group("names").split(",")]
        asked = _SETS[member.group("set")]
        if all(symbol is not None and (not asked or symbol.integer) for symbol in known):
            return blanked(text, member.start())
    found = _BEHIND.search(text, max(0, len(text) - _TAIL))
    before = text[: found.start()] if found else ""
    if not found or not before.strip() or is_conditional(before) or not is_open(text, found.start()):
        return text
    if found.group("bracketed") and _FACTOR.search(before[-_TAIL:]):
        return text
    said = found.group("bracketed") or found.group("plain")
    try:
        condition = parse(said, symbols)
    except Unreadable:
        return text
    if not isinstance(condition, Relation) or not names(condition) or {"=", "≈"} & set(condition.operators):
        return text
    everywhere = compare(ONE, Call("indicator", (condition,)), symbols, 0)
    if everywhere.verdict != "equal":
        raise Unreadable(
            f"this says what holds for {said.strip()} alone: give the answer for all values, or case by case",
            found.start() + 1,
        )
    return blanked(text, found.start())


def with_definitions(text: str, symbols: Symbols) -> str:
    """Put in what names stand for that are defined behind the formula: `…, M = A^T A`, the last one first."""
    for _ in range(_MOST_DEFINITIONS):
        told = _with_last_definition(text, symbols)
        if told == text or len(told) > MAX_CHARACTERS:
            break
        text = told
    return text


def _with_last_definition(text: str, symbols: Symbols) -> str:
    found = _DEFINED.search(text, max(0, len(text) - _TAIL))
    if not found or symbols.find(found.group("name")) is not None or not is_open(text, found.start("name")):
        return text
    main, formula = text[: found.start()], found.group("formula").strip().rstrip("$. ")
    key, used = label_key(found.group("name")), False

    def put(name: re.Match[str]) -> str:
        nonlocal used
        word = name.group()
        if label_key(word) == key:
            used = True
            return f" ({formula}) "
        if len(key) > 1 or not word.isalpha() or key not in word or symbols.find(word) or word in SPELLINGS:
            return word
        used = True  # a letter in a run of them: the q of npq
        return word.replace(key, f" ({formula}) ")

    told = NAME.sub(put, main)
    return told if used else text
