r"""Words around an answer that a person reads over: `about`, `exactly`, `16 values`, `4k(m+l) bytes`, `zero`.

Owns which of them may be left out, and blanks them out so that columns stay. Labels are `label_prefix.py`'s, words
behind an amount `vocabulary.py`'s. What is not listed here is read as mathematics, and so refused.
"""

from __future__ import annotations

import re

from grader.maths.reading import units
from grader.maths.reading.columns import blanked
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.symbols import Symbols

_NEAR = re.compile(r"≈|∼|~=|\\approx(?![A-Za-z])|\\simeq(?![A-Za-z])")
_HEDGE = re.compile(
    r"\s*(?:(?:is |it is )?(?:about|approximately|approx\.?|roughly|around|nearly|almost|ca\.|circa|some)"
    r"|≈|~|∼|\\approx|\\sim)(?=[\s$\d.])",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"\s*\(\s*(?P<near>approx(?:imately|\.)?|about|rounded)?(?:exactly|exact|in total|total|"
    r"(?:to )?\d+ (?:significant )?(?:digits|decimals|figures|decimal places|s\.?f\.?|d\.?p\.?))?\s*\)[\s.]*$",
    re.IGNORECASE,
)
_ROUNDED = re.compile(r"\(\s*rounded\b[^()]*\)[\s.]*$", re.IGNORECASE)
_EXACTLY = re.compile(r"\s*(?:exactly|precisely|(?:a )?factor(?: of)?|in total|total of)\s(?=\s*\S)", re.IGNORECASE)
_TIMES = re.compile(r"(?:(?<=[\d)}])|(?<=[mb]illion\s)|(?<=trillion\s)|(?<=thousand\s))(?:x|×|\s?\\times|-?fold)\s*$")
_ZERO = re.compile(
    r"(?P<before>\s*(?:(?:it )?(?:is|are)\s+)?(?:exactly\s+|identically\s+|the\s+|all\s+)?)"
    r"(?P<zero>zero(?:e?s)?|0|\\mathbf\s*\{\s*0\s*\}|\\mathbf\s+0)(?:_\{[^{}]*\}|_\w\b)?"
    r"(?P<after>(?:\s+(?:matrix|vector)|\s+\(?exactly\)?)?"
    r"(?:\s*(?:∈|\\in(?![a-z])|\bin\b)\s*(?:\\mathbb\s*\{?\s*)?[Rℝ]\s*\}?\s*\^\s*(?:\{[^{}]*\}|\([^()]*\)|\w))?[\s.$]*)",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?P<gap>\s|~|\\[ ,;:]|(?<=[)\]}]))\s*"
    r"(?:\\(?:text|textrm|mathrm|mbox)\s*\{\s*(?P<wrapped>[A-Za-z]+)\s*\}|(?P<plain>[A-Za-z]+))[\s.$]*$"
)
_COUNTED = frozenset(
    {"colours", "colors", "colour", "color", "parameters", "params", "parameter", "values", "value", "numbers",
     "entries", "elements", "weights", "levels",
     "items", "clusters", "centroids", "codes", "different", "distinct", "trainable", "learnable", "possible", "unique"}
)  # fmt: skip
_GENERAL = frozenset({"count", "number", "amount", "total", "size", "n"})
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORTH = {word: value for value, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
_LONG_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.000(?![\d.])", re.ASCII)


def nouns_of(asked: str) -> tuple[str, ...]:
    """Stems of the words that only name what a field counts: those of its own name, and neutral ones for a `count`."""
    words = (asked.lower(), *asked.lower().split("_"))
    stems = [word.rstrip("s") for word in words if not units.find(word) and not units.find(word.rstrip("s"))]
    own = [stem[:-1] if stem.endswith("y") else stem for stem in stems if len(stem) >= 3]
    neutral = sorted(_COUNTED) if set(words) & _GENERAL else []
    return (*own, *neutral)


def is_hedged(text: str) -> bool:
    """Whether an amount is said to be near something, not equal to it."""
    bracket = _IN_BRACKETS.search(text)
    return bool(_HEDGE.match(text) or _NEAR.search(text) or (bracket and bracket.group("near")))


def without_hedge(text: str) -> str:
    """Blank out `about`, `≈`, `exactly`, `a factor of` before an amount and a times sign behind it."""
    for opening in (_EXACTLY, _HEDGE, _EXACTLY):
        found = opening.match(text)
        text = blanked(text, 0, found.end()) if found else text
    bracket = _IN_BRACKETS.search(text)
    text = blanked(text, bracket.start(), bracket.end()).rstrip() if bracket else text
    times = _TIMES.search(text)
    return blanked(text, times.start(), times.end()) if times else text


def zero_as_digit(text: str, symbols: Symbols) -> str:
    """`zero`, `exactly 0`, `0 (exactly)` and `the zero matrix` as a digit, where that is the whole answer."""
    found = _ZERO.fullmatch(text)
    if not found or symbols.find("zero"):
        return text
    place = found.start("zero")
    return " " * place + "0" + " " * (len(text) - place - 1)


def number_as_digits(text: str) -> str:
    """`sixteen` and `forty-two` in digits, where that is the whole answer."""
    match [_WORTH.get(word) for word in re.split("[- ]", text.strip().strip(".").strip().lower())]:
        case [int(value)]:
            return str(value)
        case [int(tens), int(ones)] if tens >= 20 and 0 < ones < 10:
            return str(tens + ones)
    return text


def without_noun(text: str, asked: str, symbols: Symbols) -> str:
    """Cut off words behind a formula that say what is counted: the field's own name, its unit, or a neutral noun."""
    unit = units.find(asked) or units.find(asked.rpartition("_")[2])
    text = _without_unit_inside(text, unit, symbols)
    nouns = nouns_of(asked)
    while found := _NOUN.search(text):
        word = found.group("wrapped") or found.group("plain")
        if symbols.find(word) or word in SPELLINGS or not text[: found.start()].strip():
            return text
        counted = any(word.lower().startswith(stem) for stem in nouns)
        if not (_is_unit(word, unit) if unit else counted):
            return text
        text = text[: found.start()]
    return text


def _without_unit_inside(text: str, unit: units.UnitValue | None, symbols: Symbols) -> str:
    """`4 bytes * k (m + l)` without the field's own unit, which stands in the middle of the product."""
    if unit is None:
        return text
    found = re.search(rf"(?<=[\d)\s])\b({re.escape(unit.symbol)}|[A-Za-z]{{3,}})\b(?=\s*[*·×])", text)
    if found and not symbols.find(found.group(1)) and _is_unit(found.group(1), unit):
        return blanked(text, *found.span(1))
    return text


def _is_unit(word: str, unit: units.UnitValue) -> bool:
    """Whether a word means a unit, whatever symbol that is shown by."""
    meant = units.find(word)
    return meant is not None and (meant.factor, meant.dimensions) == (unit.factor, unit.dimensions)


def refuse_rounded(text: str) -> None:
    """Refuse `m l/(m + l) (rounded up)`: which of the two is the answer?

    Raises:
        Unreadable: with the function to write.
    """
    found = _ROUNDED.search(text)
    if found:
        raise Unreadable("rounded: write ceil(…) or floor(…), or leave these words out", found.start() + 1)


def refuse_unclear_money(text: str) -> None:
    """Refuse `10.000 $`, which is ten in some countries and ten thousand in others.

    Raises:
        Unreadable: a sum of money with three zeros behind a point.
    """
    found = _LONG_THOUSANDS.search(text)
    if found:
        raise Unreadable(
            "a point is a decimal point here: write 10000 or 10,000 for ten thousand, 10 for ten", found.start() + 1
        )
