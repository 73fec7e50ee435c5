r"""From characters to tokens: text and LaTeX.

Owns signs, brackets and the column of each token. Characters, numbers, names, commands, units and sums have modules of
their own, structure (`\frac`, brackets, precedence) is `operands.py`'s and `parser.py`'s. Every word is looked
up in the question's symbols first, so `E`, `I`, `beta` or `N` are what the question says and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.maths.reading.characters import known_characters
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.latex_commands import read_command
from grader.maths.reading.names import starts_word
from grader.maths.reading.numbers import read_number
from grader.maths.reading.sign_tables import (
    BRACKETS,
    FRACTIONS,
    RELATIONS,
    SIGNS,
    SPACES,
    SUPERSCRIPTS,
    THIRDS,
    WRAPPERS,
    TokenKind,
)
from grader.maths.reading.tokens import ENDS_OPERAND, MAX_CHARACTERS, MAX_TOKENS, Token
from grader.maths.reading.vocabulary import Vocabulary, read_amount_word
from grader.maths.reading.word_scanning import WordScanning

_TRANSPOSE = re.compile(
    r"\.(?:m?T(?![A-Za-z0-9])|t\(\)|transpose\(\)|permute\(1, ?0\)"
    r"|(?:transpose|swapaxes)\((?:0, ?1|1, ?0|-1, ?-2|-2, ?-1)\))"
)
_WRAPPED = re.compile(r"\\([A-Za-z]+)\s*\{([^{}\\]*\w[^{}\\]*)\}")
_DOTS = re.compile(r"\.{2,3}|…")
_BEHIND_VALUES = {
    "mod": re.compile(r"\\?b?mod(?![A-Za-z])(?!\s*\([^()]*,)"),
    "₊": re.compile(r"_\s*(?:\+|\{\s*\+\s*\})|₊"),
}
"""Signs that mean something only behind a value: a remainder, the positive part."""
_METHOD = re.compile(r"\.(?:dot|matmul|mm)(?=\s*\()")
_HYPHENED = re.compile(r"[A-Za-z]-[A-Za-z]")
_INDEX_OF_NORM = r"\s*(2|F)\s*"
_NORM_INDEX = re.compile(
    rf"\s*(?:_\s*(?:(2|F)|(?:\\math\w+)?\s*\{{{_INDEX_OF_NORM}\}}|\{{\s*\\math\w+\s*(?:{_INDEX_OF_NORM}|\{{{_INDEX_OF_NORM}\}}\s*)\}})|₂)"
)
_CIRCLE = r"(?:\\circ(?![A-Za-z])|∘)"
_DEGREE = re.compile(rf"°|\^\s*(?:{_CIRCLE}|\{{\s*{_CIRCLE}\s*\}})")
_SCALE = r"([CF])(?:elsius|ahrenheit)?(?![A-Za-z])"
_TEMPERATURE = re.compile(
    rf"(?:{_DEGREE.pattern}|\\degree|\bdeg(?:rees?)?\b)\s*(?:\\(?:math|text)\w*\s*\{{\s*([CF])\s*\}}|{_SCALE})|℃"
)


def tokenize(text: str, vocabulary: Vocabulary) -> list[Token]:
    """Split an answer into tokens, the last of kind `end`.

    Raises:
        Unreadable: a character, word or number that is refused, or a limit that is passed.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"longer than {MAX_CHARACTERS} characters", MAX_CHARACTERS + 1)
    return _Scanner(known_characters(text), vocabulary).run()


class _Scanner(WordScanning):
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

    def _one(self, char: str) -> None:
        rest = self.text[self.place : self.place + 2]
        if self.endless and char not in "+-":
            self._add("constant", "inf", self.place, len(self.text) - self.place)
            return
        if self._behind_value() or self._condition_word() or self._indicator() or (char == "_" and self._entry()):
            return
        if (char.isalnum() or char in "{_^(") and self._combination():
            return
        if (char.isdigit() and char.isascii()) or (char == "." and rest[1:].isdigit()):
            self._number()
        elif self.vocabulary.amounts and (scale := self._after_value(_TEMPERATURE)):
            self._add("unit", f"deg{scale.group(1) or scale.group(2) or 'C'}", self.place, len(scale.group()))
        elif degree := self._after_value(_DEGREE):
            kind: TokenKind = "unit" if self.vocabulary.unit_asked else "operator"
            self._add(kind, "deg" if kind == "unit" else "°", self.place, len(degree.group()))
        elif char in ".…":
            self._dots()
        elif self._amount_word():
            return
        elif starts_word(self.text, self.place, self.symbols):
            self._word()
        elif char == "\\":
            self._command()
        elif char in SUPERSCRIPTS:
            self._superscript()
        elif char in "∑∏∫∂" and self._operator():
            return
        elif char == "~" and rest != "~=" and self.tokens and self.tokens[-1].kind in ENDS_OPERAND:
            self.spaced = True
            self.place += 1
        elif rest in ("<<", ">>"):
            raise Unreadable("a shift of bits: write 2^n for 1<<n", self.place + 1)
        elif rest in RELATIONS or char in RELATIONS:
            sign = rest if rest in RELATIONS else char
            self._add("relation", RELATIONS[sign], self.place, len(sign))
        elif rest in ("**", "//"):
            self._add("operator", "^" if rest == "**" else rest, self.place, 2)
        elif rest in ("%p", "%e", "%i"):
            name = "pi" if rest == "%p" else rest[1]
            self._add("constant", name, self.place, 1 + len(name))
        else:
            self._sign(char)

    def _behind_value(self) -> bool:
        """Take the sign of a remainder or of a positive part."""
        for sign, pattern in _BEHIND_VALUES.items():
            if found := self._after_value(pattern):
                self._add("operator", sign, self.place, len(found.group()))
                return True
        return False

    def _sign(self, char: str) -> None:
        previous = self.tokens[-1] if self.tokens else None
        if char in BRACKETS or char in BRACKETS.values():
            self._bracket(char)
        elif char in "{}":
            self._nest(char)
            self._add("group" if char == "{" else "endgroup", char, self.place, 1)
        elif char in "|‖":
            self._bar(char, 1)
        elif char in FRACTIONS:
            whole = self._glued_number()
            start = whole.column - 1 if whole else self.place
            text = (whole.text if whole else "0") + FRACTIONS[char]
            self._add("number", text, start, self.place + 1 - start)
        elif char in THIRDS:
            start, whole = self.place, self._glued_number()
            self._group((f"{whole.text}+" if whole else "") + THIRDS[char], start)
            self.place = start + 1
        elif char in ("–", "—") and self.vocabulary.amounts and previous and previous.kind == "number":
            raise Unreadable("this reads like a range; one value is asked", self.place + 1)
        elif char == "-" and previous and previous.kind == "unit" and _HYPHENED.match(self.text, self.place - 1):
            self._add("operator", "*", self.place, 1)
        elif char in SIGNS:
            self._add("operator", SIGNS[char], self.place, 1)
        elif char == ",":
            self._add("comma", ",", self.place, 1)
        elif (char == "&" and "rows" in self.brackets) or (char == ";" and ("[" in self.brackets[-1:] or self.spoken)):
            self._add("comma", char, self.place, 1)
        elif char in ";&":
            raise Unreadable(f"{char!r} is not used here: give one answer", self.place + 1)
        else:
            advice = {":": ": write / for a ratio", "#": ": write the count alone"}.get(char, "")
            raise Unreadable(f"{char!r} is not used here{advice}", self.place + 1)

    def _glued_number(self) -> Token | None:
        """Take back the whole number right in front, as the 4 of `4⅔`."""
        last = self.tokens[-1] if self.tokens else None
        glued = last is not None and last.kind == "number" and last.text.isdigit() and not self.spaced
        return self.tokens.pop() if glued else None

    def _bracket(self, char: str, length: int = 1) -> None:
        self._nest(char)
        self._add("open" if char in BRACKETS or char == "{" else "close", char, self.place, length)

    def _bar(self, sign: str, length: int) -> None:
        """A bar of an absolute value or a norm, with the index of a norm behind it."""
        index = _NORM_INDEX.match(self.text, self.place + length)
        doubled = sign == "|" and bool(self.tokens) and self.tokens[-1].text == "|" and not self.spaced
        kind = next(filter(None, index.groups()), "2") if index and (sign == "‖" or doubled) else ""
        length += len(index.group()) if index and kind else 0
        self._add("bar", sign + ("F" if kind == "F" else ""), self.place, length)

    def _dots(self) -> None:
        transpose = _TRANSPOSE.match(self.text, self.place)
        last = self.tokens[-1] if self.tokens else None
        valued = last is not None and (last.kind in ENDS_OPERAND or last.text == "ᵀ")
        method = _METHOD.match(self.text, self.place) if valued else None
        if self.text.startswith((".*", ".∗"), self.place) and self.symbols.has_matrices:
            self._add("operator", "hadamard", self.place, 2)
            return
        dots = _DOTS.match(self.text, self.place)
        if transpose and valued:
            self._add("operator", "ᵀ", self.place, len(transpose.group()))
        elif method:
            self._add("operator", ".dot", self.place, len(method.group()))
        elif dots:
            self._add("dots", ".." if dots.group() == ".." else "...", self.place, len(dots.group()))
        elif not self.text[self.place + 1 :].strip():
            self.place += 1
        else:
            summed = self.text.startswith(".sum(", self.place)
            advice = ": write \\sum_{i,j} and the entries" if summed else ""
            raise Unreadable(f"a full stop is not used here{advice}", self.place + 1)

    def _number(self) -> None:
        text, stop = read_number(
            self.text,
            self.place,
            commas="call" not in self.brackets and not (self.brackets and self.symbols.has_matrices),
            spaces=self.vocabulary.amounts,
            alone=not self.brackets,
            names=self.symbols.spellings.keys(),
        )
        self._add("number", text, self.place, stop - self.place)

    def _amount_word(self) -> bool:
        """Take a unit, a multiplier or a counted noun where the field has amounts; else leave all as it is."""
        if not self.vocabulary.amounts:
            return False
        if self._unwrap():
            return True
        last = self.tokens[-1] if self.tokens else None
        found = read_amount_word(self.text, self.place, last.kind if last else None, self.vocabulary)
        if found is None:
            return False
        if found.kind is None:
            if last is not None and last.kind == "operator":
                if last.text != "/":
                    return False
                self.tokens.pop()
            self.place += found.length
        else:
            self._add(found.kind, found.text, self.place, found.length)
        return True

    def _unwrap(self) -> bool:
        r"""Blank out the wrapper of `\text{ GB}` and `\mathrm{tokens/min}`, so that columns stay."""
        wrapped = _WRAPPED.match(self.text, self.place)
        if not wrapped or wrapped.group(1) not in WRAPPERS:
            return False
        start, stop = wrapped.span(2)
        blank = " " * (start - wrapped.start()) + wrapped.group(2) + " " * (wrapped.end() - stop)
        self.text = self.text[: wrapped.start()] + blank + self.text[wrapped.end() :]
        return True

    def _superscript(self) -> None:
        start = self.place
        while self.place < len(self.text) and self.text[self.place] in SUPERSCRIPTS:
            self.place += 1
        inner = "".join(SUPERSCRIPTS[char] for char in self.text[start : self.place])
        if inner == "t" and self.symbols.turns("t"):
            self._add("operator", "ᵀ", start, 1)
            return
        end = self.place
        self._add("operator", "^", start, 1)
        self._add("group", "{", start, 1)
        for token in _Scanner(inner, replace(self.vocabulary, amounts=False)).run()[:-1]:
            self.tokens.append(replace(token, column=start + token.column))
        self._add("endgroup", "}", end - 1, 1)

    def _command(self) -> None:
        start = self.place
        if self._operator():
            return
        if self.text.startswith("\\\\", start) and "rows" in self.brackets:
            self._add("comma", "\\\\", start, 2)
            return
        command = read_command(self.text, start, units=self.vocabulary.amounts)
        if command.kind is None:
            self.place += command.length
            self.spaced = self.spaced or command.text == " "
        elif command.kind == "bar":
            self._bar(command.text, command.length)
        else:
            if command.kind in ("open", "close", "rows"):
                self._nest("rows" if command.kind == "rows" else command.text)
            self._add(command.kind, command.text, start, command.length)
