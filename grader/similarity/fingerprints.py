"""Fingerprints of a sequence of tokens, by winnowing.

Owns which runs of tokens are compared: of every few neighbouring runs one is kept, always the same one wherever the
run stands (Schleimer, Wilkerson and Aiken 2003). What a token is belongs to `code` and `texts`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from grader.grouping import by_key

Kind = Literal["answer", "code", "text", "file"]
Lines = tuple[int, int]
"""First and last line of a passage, from 1, both included."""


class Token(NamedTuple):
    """One token, and the line of the piece on which it stands."""

    word: str
    line: int


@dataclass(frozen=True)
class Piece:
    """A piece of one submission that is compared with those of others.

    `where` names it for people; `shown` is its text. `prints` maps each fingerprint to the passages that it stands
    for. `worth` is the share of a whole finding that one fingerprint is: overlapping ones say less than single ones.
    """

    submission: str
    kind: Kind
    where: str
    shown: str
    prints: Mapping[str, tuple[Lines, ...]]
    worth: float = 1.0


def fingerprints(tokens: Sequence[Token], run: int, window: int) -> dict[str, tuple[Lines, ...]]:
    """The fingerprints of a sequence: none if it is shorter than one run.

    Args:
        tokens: the sequence.
        run: tokens in one fingerprint; nothing shorter is ever found.
        window: neighbouring runs of which one is kept; whatever is `run + window - 1` tokens long is found.
    """
    hashes = [_digest(tokens[i : i + run]) for i in range(len(tokens) - run + 1)]
    kept: set[int] = set()
    for start in range(max(len(hashes) - window + 1, min(len(hashes), 1))):
        block = range(start, min(start + window, len(hashes)))
        kept.add(min(block, key=lambda i: (hashes[i], -i)))
    lines = {i: [token.line for token in tokens[i : i + run]] for i in sorted(kept)}
    found = by_key((hashes[i], (min(of), max(of))) for i, of in lines.items())
    return {digest: tuple(passages) for digest, passages in found.items()}


def worth_of(run: int, window: int) -> float:
    """The share of a run that one fingerprint adds to the one before it."""
    return min(1.0, (window + 1) / 2 / run)


def _digest(tokens: Sequence[Token]) -> str:
    return hashlib.blake2b(
        "\0".join(token.word for token in tokens).encode("utf-8", "replace"), digest_size=8
    ).hexdigest()
