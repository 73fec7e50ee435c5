"""Pairs of submissions that share what few others have.

Owns rarity, the strength of a pair and its evidence. What is compared belongs to `pieces`. A pair is a reason to look,
never a verdict.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from grader.similarity.fingerprints import Kind, Lines, Piece

MOST_COMMON = 20
"""Submissions that share a fingerprint from which on it says nothing: also what keeps a large class quick."""
_SHARE = 4  # in a small class, what one in four has says nothing
_ALWAYS = 5  # submissions that may share something in the smallest class, and it still says something
_CLOSELY = 1000  # pairs of each kind that are looked at closely, at least
_FLOOR = 3.0  # bits: so much is shared by chance in any class, however few pairs there are to see it from


@dataclass(frozen=True)
class Side:
    """One submission's side of a piece of evidence: what stands where, and the lines that both have."""

    where: str
    shown: str
    passages: tuple[Lines, ...]


@dataclass(frozen=True)
class Evidence:
    """Two pieces that share rare fingerprints. `others`: submissions beside these two that share the rarest of them."""

    kind: Kind
    others: int
    one: Side
    other: Side


@dataclass(frozen=True)
class Pair:
    """Two submissions with what they share, the most telling evidence first.

    `by_kind` says how often as much they share, of each kind, as the pairs that share much by chance; `strength`, how
    far the pair stands out, puts the kinds together.
    """

    one: str
    other: str
    strength: float
    by_kind: Mapping[Kind, float]
    evidence: tuple[Evidence, ...]


class _Shared(NamedTuple):
    """A piece that shares rare fingerprints, all of them, and the one of somebody else's pieces that has most."""

    piece: Piece
    bits: float
    prints: frozenset[str]
    beside: int
    common: frozenset[str]


class SharedPieces:
    """The pieces of a class, by what they share.

    Args:
        pieces: those of every submission.
        known: fingerprints that say nothing about anybody, such as the template's.
        earlier: submissions that are compared with the others and not with each other.
    """

    def __init__(self, pieces: Iterable[Piece], known: Collection[str] = (), earlier: Collection[str] = ()) -> None:
        self._of: dict[str, list[Piece]] = defaultdict(list)
        self._holders: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._kind: dict[str, Kind] = {}
        self._earlier, known = frozenset(earlier), frozenset(known)
        for piece in pieces:
            number = len(self._of[piece.submission])
            self._of[piece.submission].append(piece)
            for print_ in piece.prints.keys() - known:
                self._holders[print_][piece.submission].append(number)
                self._kind[print_] = piece.kind
        total = len(self._of)
        most = max(_ALWAYS, min(MOST_COMMON, total // _SHARE))
        self._bits = {
            print_: math.log2(total / len(holders))
            for print_, holders in self._holders.items()
            if len(holders) <= most and len(holders) < total
        }
        self._own = {name: [self._sum(one.prints.keys() & self._bits) for one in of] for name, of in self._of.items()}
        self._answers = {
            name: math.fsum(
                piece.worth * own for piece, own in zip(of, self._own[name], strict=True) if piece.kind == "answer"
            )
            for name, of in self._of.items()
        }

    def pairs(self, most: int) -> list[Pair]:
        """The pairs that stand out from what is shared by chance, at most `most`, the furthest out first."""
        candidates = self._candidates(max(_CLOSELY, 2 * len(self._of)))
        found = {(one, other): (self._shared(one, other), self._shared(other, one)) for one, other in candidates}
        bits = {pair: self._by_kind(there, back) for pair, (there, back) in found.items()}
        chance = {
            kind: self._by_chance([of.get(kind, 0.0) for of in bits.values()]) for kind in set(self._kind.values())
        }
        by_kind = {pair: {kind: sum_ / chance[kind] for kind, sum_ in sorted(of.items())} for pair, of in bits.items()}
        strength = {pair: math.hypot(*of.values()) for pair, of in by_kind.items()}
        furthest = sorted((pair for pair in found if strength[pair] >= 1), key=lambda pair: (-strength[pair], pair))
        return [
            Pair(*pair, strength[pair], by_kind[pair], tuple(self._evidence(one, pair[1]) for one in found[pair][0]))
            for pair in furthest[:most]
        ]

    def _candidates(self, most: int) -> list[tuple[str, str]]:
        """The pairs that share most of each kind, by the sum of all that they share."""
        shared: dict[Kind, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
        for print_, bits in self._bits.items():
            for pair in combinations(sorted(self._holders[print_]), 2):
                if not self._earlier.issuperset(pair):
                    shared[self._kind[print_]][pair] += bits
        tops = (sorted(of.items(), key=lambda item: (-item[1], item[0]))[:most] for of in shared.values())
        return sorted({pair for top in tops for pair, _ in top})

    def _by_chance(self, bits: Sequence[float]) -> float:
        """How much pairs share that share much by chance: one pair for each submission shares more."""
        strongest = sorted(bits, reverse=True)
        return max(_FLOOR, strongest[len(self._of)] if len(strongest) > len(self._of) else 0.0)

    def _shared(self, one: str, other: str) -> list[_Shared]:
        """What the first submission shares with the second, the most telling first.

        A piece counts by the share of it that is shared, and one answer, which is the same or is not, by the share of
        all wrong answers that are.
        """
        pairs = zip(self._of[one], self._own[one], strict=True)
        found = [shared for piece, own in pairs if (shared := self._in_common(piece, own, other)) is not None]
        answers = math.fsum(shared.bits for shared in found if shared.piece.kind == "answer")
        contained = answers / self._answers[one] if answers else 0.0
        found = [one._replace(bits=one.bits * contained) if one.piece.kind == "answer" else one for one in found]
        return sorted(found, key=lambda one: (-one.bits, one.piece.where))

    @staticmethod
    def _by_kind(there: Iterable[_Shared], back: Iterable[_Shared]) -> dict[Kind, float]:
        found: dict[Kind, float] = defaultdict(float)
        for one in (*there, *back):
            found[one.piece.kind] += one.bits / 2
        return found

    def _in_common(self, piece: Piece, own: float, other: str) -> _Shared | None:
        """What a piece whose rarity is `own` shares with all pieces of somebody else; None if nothing rare."""
        beside: dict[int, set[str]] = defaultdict(set)
        for print_ in piece.prints.keys() & self._bits.keys():
            for number in self._holders[print_].get(other, ()):
                if self._of[other][number].kind == piece.kind:
                    beside[number].add(print_)
        if not beside:
            return None
        shared = frozenset().union(*beside.values())
        best = max(beside, key=lambda i: (self._sum(beside[i]), -i))
        bits = self._sum(shared)
        return _Shared(piece, bits * (bits / own) * piece.worth, shared, best, frozenset(beside[best]))

    def _evidence(self, shared: _Shared, other: str) -> Evidence:
        return Evidence(
            kind=shared.piece.kind,
            others=min(len(self._holders[print_]) for print_ in shared.prints) - 2,
            one=_side(shared.piece, shared.common),
            other=_side(self._of[other][shared.beside], shared.common),
        )

    def _sum(self, prints: Iterable[str]) -> float:
        return math.fsum(self._bits[print_] for print_ in prints)


def _side(piece: Piece, shared: Iterable[str]) -> Side:
    passages = sorted({lines for print_ in shared for lines in piece.prints[print_]})
    return Side(piece.where, piece.shown, tuple(_joined(passages)))


def _joined(passages: Sequence[Lines]) -> list[Lines]:
    """Passages in order, those that touch each other as one."""
    joined: list[Lines] = []
    for first, last in passages:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
