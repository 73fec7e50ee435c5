"""Fingerprints of answers in words."""

from __future__ import annotations

import re
import unicodedata

from grader.similarity.fingerprints import Lines, Token, fingerprints, worth_of

RUN, WINDOW = 3, 3
"""Words in one fingerprint: in shorter runs people agree by themselves."""
WORTH = worth_of(RUN, WINDOW)


def text_prints(text: str) -> dict[str, tuple[Lines, ...]]:
    """The fingerprints of a text: its words, whatever their case, accents and the punctuation between them."""
    return fingerprints([Token(word, line) for line, word in _words(text)], RUN, WINDOW)


def _words(text: str) -> list[tuple[int, str]]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.casefold().replace("'", "").replace("’", "")
    return [(number, word) for number, line in enumerate(plain.split("\n"), 1) for word in re.findall(r"\w+", line)]
