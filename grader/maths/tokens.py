r"""From characters to tokens: text and LaTeX, with limits that refuse a bomb before anything is built.

Owns signs, units and the column of each token. Characters, numbers and names have rooms of their own, structure
(`\frac`, brackets, precedence) is `parse.py`'s. Every word is looked up in the question's symbols first, so `E`, `I`,
`beta` or `N` are what the question says and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from grader.maths import units
from grader.maths.characters import known_characters
from grader.maths.functions import MULTIPLIERS, SPELLINGS
from grader.maths.numerals import read_number
from grader.maths.signs import (
    BRACKETS,
    COMMAND_SIGNS,
    FRACTIONS,
    IGNORED,
    IGNORED_SIGNS,
    RELATIONS,
    SIGNS,
    SPACES,
    STRUCTURE,
    SUPERSCRIPTS,
    WRAPPERS,
    TokenKind,
)  # fmt: skip
from grader.maths.symbols import Symbols
from grader.maths.unreadable import Unreadable
from grader.maths.words import read_word, starts_word, unknown_word

MAX_CHARACTERS = 2_000
MAX_TOKENS = 400
MAX_NESTING = 60
MAX_TERMS = 20

_LIMITS = re.compile(
    r"\s*_\s*(?:\{\s*([A-Za-z])\s*=\s*(\d{1,4})\s*\}|([A-Za-z])=(\d{1,4}))\s*\^\s*(?:\{\s*(\d{1,4})\s*\}|(\d{1,2}))",
    re.ASCII,
)
_UNIT_WORD = re.compile(r"[A-Za-zµμ]+(?![\w])|[A-Za-zµμ]+(?=[²³⁻])")
_LABELLED_NOUN = re.compile(r"([A-Za-z]+\d+)[- ]")
_TRANSPOSE = re.compile(r"\.(?:m?T(?![A-Za-z0-9])|t\(\)|transpose\(\))")
_LETTER_T = re.compile(r"\\math\w+\s*\{\s*[Tt]\s*\}|\\mathsf\s+T|[Tt](?![a-z_0-9])")
_WRAPPED = re.compile(r"\\([A-Za-z]+)\s*\{([^{}\\]*\w[^{}\\]*)\}")
_ENDS_OPERAND = frozenset({"number", "name", "constant", "unit", "multiplier", "close", "endgroup"})


@dataclass(frozen=True, slots=True)
class Token:
    r"""One word or sign. `text` is canonical: `log` for `\ln`, `C_0` for `C0`, `*` for `×`."""

    kind: TokenKind
    text: str
    column: int
    spaced: bool = False
    series: tuple[str, ...] = ()
    """For what runs with the index of a sum: its text at each value of the index."""


@dataclass(frozen=True)
class Vocabulary:
    """What may be typed in one field beside numbers and signs."""

    symbols: Symbols = field(default_factory=Symbols)
    amounts: bool = False
    """Numbers may be followed by `k`, `M`, `billion` and grouped by spaces."""
    units: bool = False
    bytes_meant: bool = False
    """`B` is bytes here, not a billion."""
    nouns: tuple[str, ...] = ()
    """Stems of words that may follow an amount and mean nothing: what the field counts."""


def tokenize(text: str, vocabulary: Vocabulary) -> list[Token]:
    """Split an answer into tokens, the last of kind `end`.

    Raises:
        Unreadable: a character, word or number that is refused, or a limit that is passed.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"longer than {MAX_CHARACTERS} characters", MAX_CHARACTERS + 1)
    return _Scanner(known_characters(text), vocabulary).run()


class _Scanner:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.symbols = vocabulary.symbols
        self.place = 0
        self.tokens: list[Token] = []
        self.brackets: list[str] = []
        self.spaced = False
        self.index: tuple[str, tuple[str, ...]] | None = None

    def run(self) -> list[Token]:
        while self.place < len(self.text):
            char = self.text[self.place]
            if char in SPACES:
                self.spaced = True
                self.place += 1
                continue
            before = len(self.tokens)
            self._one(char)
            if len(self.tokens) > MAX_TOKENS:
                raise Unreadable(f"more than {MAX_TOKENS} words and signs", self.tokens[-1].column)
            self.spaced = self.spaced and len(self.tokens) == before
        self._add("end", "", self.place, 0)
        return self.tokens

    def _add(self, kind: TokenKind, text: str, start: int, length: int) -> None:
        self.tokens.append(Token(kind, text, start + 1, self.spaced))
        self.place = start + length

    def _one(self, char: str) -> None:
        rest = self.text[self.place : self.place + 2]
        if (char.isdigit() and char.isascii()) or (char == "." and rest[1:].isdigit()):
            self._number()
        elif char == "." or char == "…":
            self._dots()
        elif self._unit():
            return
        elif starts_word(self.text, self.place):
            self._word()
        elif char == "\\":
            self._command()
        elif char in SUPERSCRIPTS:
            self._superscript()
        elif char == "~" and rest != "~=" and self.tokens and self.tokens[-1].kind in _ENDS_OPERAND:
            self.spaced = True
            self.place += 1
        elif rest in RELATIONS or char in RELATIONS:
            sign = rest if rest in RELATIONS else char
            self._add("relation", RELATIONS[sign], self.place, len(sign))
        elif rest == "**":
            self._add("operator", "^", self.place, 2)
        elif rest == "%p" or rest in ("%e", "%i"):
            name = "pi" if rest == "%p" else rest[1]
            self._add("constant", name, self.place, 1 + len(name))
        else:
            self._sign(char)

    def _sign(self, char: str) -> None:
        previous = self.tokens[-1] if self.tokens else None
        if char in BRACKETS or char in BRACKETS.values():
            self._bracket(char)
        elif char == "{" or char == "}":
            self._nest("{" if char == "{" else "}")
            self._add("group" if char == "{" else "endgroup", char, self.place, 1)
        elif char == "|" or char == "‖":
            self._add("bar", "|", self.place, 1)
        elif char == "'":
            self._add("operator", "'", self.place, 1)
        elif char in "⊗⊙":
            raise Unreadable(f"{char} is not a product used here", self.place + 1)
        elif SIGNS.get(char) == "Σ":
            self._series(self.place + 1)
        elif char in FRACTIONS:
            self._add("number", FRACTIONS[char], self.place, 1)
        elif char in ("–", "—") and self.vocabulary.amounts and previous and previous.kind == "number":
            raise Unreadable("this reads like a range; one value is asked", self.place + 1)
        elif char in SIGNS:
            self._add("operator", SIGNS[char], self.place, 1)
        elif char == ",":
            self._add("comma", ",", self.place, 1)
        elif char in ";&":
            raise Unreadable(f"{char!r} is not used here: give one answer", self.place + 1)
        else:
            raise Unreadable(f"{char!r} is not used here", self.place + 1)

    def _bracket(self, char: str, length: int = 1) -> None:
        self._nest(char)
        self._add("open" if char in BRACKETS or char == "{" else "close", char, self.place, length)

    def _nest(self, char: str) -> None:
        if char in BRACKETS or char == "{":
            called = bool(self.tokens) and self.tokens[-1].kind == "function"
            self.brackets.append("call" if called else char)
            if len(self.brackets) > MAX_NESTING:
                raise Unreadable(f"brackets nested deeper than {MAX_NESTING}", self.place + 1)
        elif self.brackets:
            self.brackets.pop()

    def _dots(self) -> None:
        transpose = _TRANSPOSE.match(self.text, self.place)
        dots = re.compile(r"\.{2,3}|…").match(self.text, self.place)
        if transpose and self.tokens and self.tokens[-1].kind in _ENDS_OPERAND:
            self._add("operator", "ᵀ", self.place, len(transpose.group()))
        elif dots:
            self._add("dots", "...", self.place, len(dots.group()))
        elif not self.text[self.place + 1 :].strip():
            self.place += 1
        else:
            raise Unreadable("a full stop is not used here", self.place + 1)

    def _number(self) -> None:
        text, stop = read_number(
            self.text,
            self.place,
            commas="call" not in self.brackets,
            spaces=self.vocabulary.amounts,
            alone=not self.brackets,
            names=self.symbols.spellings.keys(),
        )
        self._add("number", text, self.place, stop - self.place)

    def _unit(self) -> bool:
        """Take a unit, a multiplier or a counted noun where the field has amounts; else leave all as it is."""
        if not self.vocabulary.amounts:
            return False
        self._unwrap()
        char = self.text[self.place]
        if char in "$¢€" and self.vocabulary.units:
            found = units.find(char)
            self._add("unit", found.symbol if found else char, self.place, 1)
            return True
        labelled = _LABELLED_NOUN.match(self.text, self.place)
        if labelled and self.tokens and self.tokens[-1].kind in _ENDS_OPERAND and self._is_noun(labelled.group(1)):
            self.place = labelled.end()
            return True
        word = next((word for word in units.HYPHENATED if self.text.startswith(word, self.place)), None)
        if word is None or not self.vocabulary.units:
            match = _UNIT_WORD.match(self.text, self.place)
            word = match.group() if match else None
        if word is None or self.symbols.find(word):
            return False
        return self._amount_word(word)

    def _unwrap(self) -> None:
        r"""Blank out the wrapper of `\text{ GB}` and `\mathrm{tokens/min}`, so that columns stay."""
        wrapped = _WRAPPED.match(self.text, self.place)
        if wrapped and wrapped.group(1) in WRAPPERS:
            start, stop = wrapped.span(2)
            blank = " " * (start - wrapped.start()) + wrapped.group(2) + " " * (wrapped.end() - stop)
            self.text = self.text[: wrapped.start()] + blank + self.text[wrapped.end() :]
            self.place += len(blank) - len(blank.lstrip())
            self.spaced = True

    def _amount_word(self, word: str) -> bool:
        after_amount = bool(self.tokens) and self.tokens[-1].kind in (*_ENDS_OPERAND, "unit")
        unit = units.find(word) if self.vocabulary.units else None
        if word in ("per", "percent"):
            self._add("operator", "/" if word == "per" else "%", self.place, len(word))
        elif word == "x" and after_amount and re.match(r"\s*[\d(]", self.text[self.place + 1 :], re.ASCII):
            self._add("operator", "*", self.place, 1)
        elif word == "B" and not self.vocabulary.bytes_meant and after_amount and self.tokens[-1].kind != "unit":
            self._add("multiplier", MULTIPLIERS[word], self.place, 1)
        elif unit:
            if word == "US" and self.text.startswith("US$", self.place):
                word = "US$"
            self._add("unit", unit.symbol, self.place, len(word))
        elif word == "US" and self.text.startswith("US$", self.place) and self.vocabulary.units:
            self._add("unit", "USD", self.place, 3)
        elif word in MULTIPLIERS and after_amount and self.tokens[-1].kind != "unit":
            self._add("multiplier", MULTIPLIERS[word], self.place, len(word))
        elif after_amount and self._is_noun(word):
            self.place += len(word)
        elif self.vocabulary.units and word not in SPELLINGS and word not in ("e", "pi", "x"):
            raise Unreadable(f"{word[:30]!r} is not a unit known here", self.place + 1)
        else:
            return False
        return True

    def _is_noun(self, word: str) -> bool:
        plain = word.lower().replace("-", "_")
        return any(plain.startswith(stem) or stem in plain for stem in self.vocabulary.nouns)

    def _word(self) -> None:
        start = self.place
        if self._times_sign() or self._transpose_letter():
            return
        if self.text.startswith("sum_", start) and _LIMITS.match(self.text, start + 3):
            self._series(start + 3)
            return
        series = self._running_names(start) if self.index else None
        if series:
            return
        text = self.text[: start + 1] if self._single_letter_wanted() else self.text
        pieces, stop = read_word(text, start, self.symbols)
        if pieces is None:
            raise unknown_word(self.text, start, stop, self.symbols)
        for piece in pieces:
            self.tokens.append(Token(piece.kind, piece.text, piece.start + 1, self.spaced))
        self.place = stop

    def _single_letter_wanted(self) -> bool:
        r"""Whether a letter here is a whole argument, as the k and the m of `\frac km`."""
        if not self.text[self.place].isalpha() or not self.tokens:
            return False
        last, before = self.tokens[-1], self.tokens[-2] if len(self.tokens) > 1 else None
        if last.kind == "command":
            return True
        single = last.kind == "name" or (last.kind == "number" and len(last.text) == 1)
        return single and before is not None and before.kind == "command" and before.text != "sqrt"

    def _transpose_letter(self) -> bool:
        r"""Take the T of `A^T` or `A^{\mathrm{T}}`, unless a scalar of that name is declared."""
        letter = _LETTER_T.match(self.text, self.place)
        declared = self.symbols.by_name.get("T")
        if not letter or not self.symbols.has_matrices or (declared and not declared.is_matrix):
            return False
        before = [token.text for token in self.tokens[-2:]]
        braced = before == ["^", "{"] and self.text[letter.end() :].lstrip().startswith("}")
        if before[-1:] != ["^"] and not braced:
            return False
        self._add("operator", "ᵀ", self.place, len(letter.group()))
        return True

    def _times_sign(self) -> bool:
        if self.text[self.place] != "x" or not self.tokens or read_word(self.text, self.place, self.symbols)[0]:
            return False
        if self.tokens[-1].kind != "number" or not re.match(r"\s*[\d(]", self.text[self.place + 1 :], re.ASCII):
            return False
        self._add("operator", "*", self.place, 1)
        return True

    def _series(self, place: int) -> None:
        limits = _LIMITS.match(self.text, place)
        if not limits or self.index:
            raise Unreadable("a sum needs whole-number limits, as in \\sum_{j=1}^{3}; or write it out", place + 1)
        index = limits.group(1) or limits.group(3)
        first = int(limits.group(2) or limits.group(4))
        last = int(limits.group(5) or limits.group(6))
        if not 0 <= last - first < MAX_TERMS:
            raise Unreadable(f"a sum may have 1 to {MAX_TERMS} terms", place + 1)
        values = tuple(str(value) for value in range(first, last + 1))
        self.index = (index, values)
        self.tokens.append(Token("series", index, self.place + 1, self.spaced, values))
        self.place = limits.end()

    def _running_names(self, start: int) -> bool:
        """Take a run of names that carries the index of a sum; else leave all as it is."""
        assert self.index is not None
        index, values = self.index
        plain, stop = read_word(self.text, start, self.symbols)
        if self.text[start:stop] == index and plain is None:
            self.tokens.append(Token("number", values[0], start + 1, self.spaced, values))
            self.place = stop
            return True
        runs = [read_word(self.text, start, self.symbols, {index: value}) for value in values]
        pieces = [run[0] for run in runs]
        if any(run is None for run in pieces) or all(run == plain for run in pieces):
            return False
        rows = list(zip(*(run for run in pieces if run is not None), strict=True))
        for row in rows:
            kind, column = row[0].kind, row[0].start + 1
            names = tuple(piece.text for piece in row)
            self.tokens.append(Token(kind, names[0], column, self.spaced, names))
        self.place = rows[-1][0].end
        return True

    def _superscript(self) -> None:
        start = self.place
        while self.place < len(self.text) and self.text[self.place] in SUPERSCRIPTS:
            self.place += 1
        inner = "".join(SUPERSCRIPTS[char] for char in self.text[start : self.place])
        end = self.place
        self._add("operator", "^", start, 1)
        self._add("group", "{", start, 1)
        for token in _Scanner(inner, replace(self.vocabulary, amounts=False)).run()[:-1]:
            self.tokens.append(replace(token, column=start + token.column))
        self._add("endgroup", "}", end - 1, 1)

    def _command(self) -> None:
        start = self.place
        match = re.compile(r"\\([A-Za-z]+|.)?", re.DOTALL).match(self.text, start)
        name = (match.group(1) or "") if match else ""
        length = 1 + len(name)
        if name in IGNORED or (name and name in IGNORED_SIGNS):
            self.place += length
            if name in ("left", "right") and self.text[self.place : self.place + 1] == ".":
                self.place += 1
            self.spaced = True
        elif name in STRUCTURE:
            self._add("command", name, start, length)
        elif name in COMMAND_SIGNS:
            kind, sign = COMMAND_SIGNS[name]
            if sign == "Σ":
                self._series(start + length)
            elif kind in ("open", "close"):
                self._nest(sign)
                self._add(kind, sign, start, length)
            else:
                self._add(kind, sign, start, length)
        elif name in SPELLINGS:
            self._add("function", SPELLINGS[name], start, length)
        elif name in ("{", "}"):
            self._nest(name)
            self._add("open" if name == "{" else "close", name, start, length)
        elif name in WRAPPERS:
            self.place += length
        elif name == "$" and self.vocabulary.units:
            self._add("unit", "USD", start, length)
        elif name == "pi":
            self._add("constant", name, start, length)
        else:
            raise Unreadable(f"\\{name[:20]} is not a command known here", start + 1)
