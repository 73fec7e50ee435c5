r"""Words among the characters: names of the question, functions, entries, the T of a transpose, the x of a product.

Which names a run of letters is made of is `names.py`'s.
"""

from __future__ import annotations

import re

from grader.maths.reading.entries import read_entry
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.names import read_word, starts_word, unknown_word
from grader.maths.reading.scanning import Scanning
from grader.maths.reading.tokens import Token

_LETTER_T = re.compile(r"\\(?:math|text)\w*\s*\{\s*[Tt]\s*\}|\\mathsf\s+T|[Tt](?![a-z_0-9])|T(?=[a-z]+(?![\w]))")
_LIBRARY = re.compile(r"(?:torch|np|numpy|math|linalg|scipy|special|F)\.(?=[a-z]+[\d(.]|(?:pi|e)\b)")
_CHOOSE = re.compile(r"C(?=\([^()]*,[^()]*\))|\\mathrm\s*\{\s*C\s*\}(?=\([^()]*,[^()]*\))")
_ARGUMENT = re.compile(r"[^\W\d_]|\\[A-Za-z]+(?=\d)")
r"""One letter, or one command with a digit behind it that is no part of its name: the π of `\frac\pi6`."""
_HEXADECIMAL = re.compile(r"x[\dA-Fa-f]{2,}(?![.\w])")


class WordScanning(Scanning):
    """Reads what starts with a letter."""

    def _word(self) -> None:
        start = self.place
        if self._times_sign() or self._transpose_letter():
            return
        library = _LIBRARY.match(self.text, start)
        if library:
            self.place = library.end()
            return
        if (chosen := _CHOOSE.match(self.text, start)) and not self.symbols.find("C"):
            self._add("function", "binomial", start, len(chosen.group()))
            return
        if self._operator() or self._entry():
            return
        argument = _ARGUMENT.match(self.text, start) if self._argument_wanted() else None
        text = self.text[: argument.end()] if argument else self.text
        pieces, stop = read_word(text, start, self.symbols)
        for place in range(start + 1, stop) if pieces is None else ():
            before = self.text[:place]
            if starts_word(before, start, self.symbols) and read_entry(self.text, place, self.symbols):
                pieces, stop = read_word(before, start, self.symbols)[0], place
                break
        if pieces is None:
            raise unknown_word(self.text, start, stop, self.symbols)
        for piece in pieces:
            self.tokens.append(Token(piece.kind, piece.text, piece.start + 1, self.spaced))
        self.place = stop

    def _argument_wanted(self) -> bool:
        r"""Whether a letter here is a whole argument, as the k and the m of `\frac km` and the e of `\log_e2`."""
        if not self.tokens:
            return False
        last, before = self.tokens[-1], self.tokens[-2] if len(self.tokens) > 1 else None
        if last.kind == "command":
            return last.text not in ("over", "choose")
        if last.text == "_" and before is not None and before.kind == "function":
            return True
        single = last.kind in ("name", "constant") or (last.kind == "number" and len(last.text) == 1)
        return single and before is not None and before.kind == "command" and before.text != "sqrt"

    def _transpose_letter(self) -> bool:
        r"""Take the T of `A^T` or `A^{\mathrm{T}}`, unless a scalar of that name is declared."""
        letter = _LETTER_T.match(self.text, self.place)
        if not letter or not self.symbols.turns("t" if "t" in letter.group().removeprefix("\\mathrm")[-2:] else "T"):
            return False
        behind = letter.end()
        lettered = self.text[behind : behind + 1].isalpha() and starts_word(self.text, behind, self.symbols)
        if lettered and read_word(self.text, behind, self.symbols)[0] is None:
            return False
        before = [token.text for token in self.tokens[-3:]]
        before = before[:-1] if before[-1:] == ["-"] else before
        braced = before[-2:] == ["^", "{"] and self.text[letter.end() :].lstrip().startswith("}")
        if before[-1:] != ["^"] and not braced:
            return False
        self._add("operator", "ᵀ", self.place, len(letter.group()))
        return True

    def _times_sign(self) -> bool:
        if self.text[self.place] not in "xX" or not self.tokens or self.symbols.find(self.text[self.place]):
            return False
        behind = r"\s*[\d(]" if not self.spaced else r"\s*[\d(]|\s+[A-Za-z\\]"
        if self.tokens[-1].kind != "number" or not re.match(behind, self.text[self.place + 1 :], re.ASCII):
            return False
        if self.tokens[-1].text == "0" and _HEXADECIMAL.match(self.text, self.place):
            raise Unreadable("a hexadecimal number? write it with the digits 0 to 9", self.place + 1)
        self._add("operator", "*", self.place, 1)
        return True
