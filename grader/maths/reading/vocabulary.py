"""What may be typed in one field beside numbers and signs, and what a word behind an amount means.

Owns units, multipliers and counted nouns. Names and functions are `names.py`'s; the table of units is `units.py`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grader.maths.reading import units
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import MULTIPLIERS, SPELLINGS
from grader.maths.reading.sign_tables import TokenKind
from grader.maths.reading.symbols import Symbols
from grader.maths.reading.tokens import Sign

_UNIT_WORD = re.compile(r"[A-Za-zµμ]+(?![\w])|[A-Za-zµμ]+(?=[²³⁻])|(?:[kMG]?[gt])(?=CO_?\{?[2₂])")
_CARBON = re.compile(r"(?:of\s+)?CO\s*_?(?:2|₂|\{2\})(?:[- ]?e(?:q(?:uivalents?)?)?)?(?!\w)")
_MASS = re.compile(r"(?:[gt]|tons?|tonnes?|gram(?:me)?s?)(?:[\s~{}]|\\[,;: ]|\\(?:mathrm|text))*\Z")
_MODEL = re.compile(r"(?:[A-Za-z]+\d+|[GT]PUs?)(?:[- ]|\\ |~)(?=([A-Za-z]+))")
_BEFORE_UNIT = re.compile(r"\s*(?!per\b|x\b|to\b|or\b|and\b)[A-Za-z$]")
_PER = re.compile(r"\s*(?:/|per\b|\^|\*)")
_HUNDREDTH = re.compile(r"(?:per\s?cent|pct)(?![A-Za-z])")
_SECONDS = units.dimensions({"s": 1})


@dataclass(frozen=True)
class Vocabulary:
    """What may be typed in one field beside numbers and signs."""

    symbols: Symbols = field(default_factory=Symbols)
    amounts: bool = False
    """Numbers may be followed by units, by `k`, `M`, `billion`, and be grouped by spaces."""
    unit_asked: bool = False
    """A word behind an amount can only be a unit."""
    bytes_meant: bool = False
    """`B` is bytes here, not a billion, unless a unit stands behind it."""
    kelvin_meant: bool = False
    """`K` is kelvin here, not a thousand, unless a unit stands behind it."""
    rate_meant: bool = False
    """`flops` is operations per second here, unless a sign stands behind it."""
    nouns: tuple[str, ...] = ()
    """Stems of words that may follow an amount and mean nothing: what the field counts."""

    def counts(self, word: str) -> bool:
        """Whether a word only names what is counted."""
        plain = word.lower().replace("-", "_")
        return any(plain.startswith(stem) or stem in plain for stem in self.nouns)


def read_amount_word(text: str, place: int, before: TokenKind | None, vocabulary: Vocabulary) -> Sign | None:
    """The unit, multiplier or counted noun that starts here; None where it is none of them.

    Args:
        text: the whole answer.
        place: where to look.
        before: the kind of the token in front, None where there is none, `operator` for any sign.
        vocabulary: the field's.

    Raises:
        Unreadable: a unit is asked and this is none.
    """
    if text[place] in "$¢€":
        found = units.find(text[place])
        return Sign("unit", found.symbol if found else text[place], 1)
    carbon = _CARBON.match(text, place) if before == "unit" and _MASS.search(text, 0, place) else None
    if carbon:
        return Sign(None, "", len(carbon.group()))
    word = next((word for word in units.COMPOUND if _starts(text, word, place)), None)
    behind = before not in (None, "operator", "relation", "open")
    if word is None:
        model = _MODEL.match(text, place)
        if model and behind and not units.find(model.group().rstrip("- ~\\")) and _timed(model.group(1), vocabulary):
            return Sign(None, "", len(model.group()))
        match = _UNIT_WORD.match(text, place)
        word = match.group() if match else None
    if word is None or vocabulary.symbols.find(word):
        return None
    return _meaning(text, place, word, before, vocabulary)


def _starts(text: str, word: str, place: int) -> bool:
    return text.startswith(word, place) and not text[place + len(word) : place + len(word) + 1].isalpha()


def _timed(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word behind a model's name is a time (`H200-hours`) or what the field counts (`H200 GPUs`)."""
    unit = units.find(word)
    return vocabulary.counts(word) or (unit is not None and unit.dimensions == _SECONDS)


def _meaning(text: str, place: int, word: str, before: TokenKind | None, vocabulary: Vocabulary) -> Sign | None:
    behind = before not in (None, "operator", "relation", "open")
    scalable = behind and before != "unit"
    if len(word) > 1 and word in MULTIPLIERS and not behind and text[:place].rstrip().endswith(("/", "per")):
        return Sign("number", MULTIPLIERS[word], len(word))
    if hundredth := _HUNDREDTH.match(text, place):
        return Sign("operator", "%", len(hundredth.group()))
    if word == "per":
        return Sign("operator", "per", 3)
    if word in ("x", "X") and behind and re.match(r"\s*[\d($]", text[place + 1 :], re.ASCII):
        return Sign("operator", "*", 1)
    if word == "B" and scalable and not (vocabulary.bytes_meant and not _BEFORE_UNIT.match(text, place + 1)):
        return Sign("multiplier", MULTIPLIERS[word], 1)
    if word == "K" and scalable and vocabulary.kelvin_meant and not _BEFORE_UNIT.match(text, place + 1):
        return Sign("unit", "kelvin", 1)
    if word == "P" and scalable and _BEFORE_UNIT.match(text, place + 1):
        return Sign("multiplier", "1e15", 1)
    unit = units.find(word)
    alone = len(word) == 1 and not vocabulary.unit_asked and not behind and text[:place].rstrip()[-1:] != "/"
    if unit and not alone:
        rate = vocabulary.rate_meant and word.lower().endswith("flops") and not _PER.match(text, place + len(word))
        return Sign("unit", unit.symbol.rstrip("S") + "S" if rate else unit.symbol, len(word))
    if word in MULTIPLIERS and scalable:
        shortened = len(word) > 1 and text.startswith(".", place + len(word))  # 2 Mio.
        return Sign("multiplier", MULTIPLIERS[word], len(word) + shortened)
    if vocabulary.counts(word) and (behind or before == "operator"):
        return Sign(None, "", len(word))
    if vocabulary.unit_asked and word not in SPELLINGS and word not in ("e", "pi", "x"):
        raise Unreadable(f"{word[:30]!r} is not a unit known here: write a number and its unit, as in 2 GB", place + 1)
    return None
