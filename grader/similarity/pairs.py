"""Pairs of submissions that share what few others have.

Owns rarity, the strength of a pair and its evidence. What is compared belongs to `pieces`. A pair is a reason to look,
never a verdict.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

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
    bits: float
    others: int
    one: Side
    other: Side


@dataclass(frozen=True)
class Pair:
    """Two submissions with what they share, the most telling evidence first.

    `by_kind` says how often as much they share, of each kind, as the pairs that share much by chance; `strength` puts
    the kinds together.
    """

    one: str
    other: str
    by_kind: Mapping[Kind, float]
    evidence: tuple[Evidence, ...]

    @property
    def strength(self) -> float:
        """How far the pair stands out, all kinds together."""
        return math.hypot(*self.by_kind.values())


class SharedPieces:
    """The pieces of a class, by what they share.

    Args:
        pieces: those of every submission.
        known: fingerprints that say nothing about anybody, such as the template's.
        earlier: submissions that are compared with the others and not with each other.
    """

    def __init__(self, pieces: Iterable[Piece], known: Collection[str] = (), earlier: Collection[str] = ()) -> None:
        self._of: dict[str, list[Piece]] = defaultdict(list)
        self._holders: dict[str, set[str]] = defaultdict(set)
        self._kind: dict[str, Kind] = {}
        self._earlier = frozenset(earlier)
        for piece in pieces:
            self._of[piece.submission].append(piece)
            for print_ in piece.prints.keys() - set(known):
                self._holders[print_].add(piece.submission)
                self._kind[print_] = piece.kind
        total = len(self._of)
        most = max(_ALWAYS, min(MOST_COMMON, total // _SHARE))
        self._bits = {
            print_: math.log2(total / len(holders))
            for print_, holders in self._holders.items()
            if 1 < len(holders) <= most and total > len(holders)
        }
        self._alone = {
            print_: math.log2(total) for print_, holders in self._holders.items() if len(holders) == 1 < total
        }
        self._answers = {
            name: math.fsum(piece.worth * self._own(piece) for piece in of if piece.kind == "answer")
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
        pairs = [
            Pair(*pair, {kind: sum_ / chance[kind] for kind, sum_ in sorted(bits[pair].items())}, tuple(evidence))
            for pair, (evidence, _) in found.items()
        ]
        pairs = [pair for pair in pairs if pair.strength >= 1]
        return sorted(pairs, key=lambda pair: (-pair.strength, pair.one, pair.other))[:most]

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

    def _shared(self, one: str, other: str) -> list[Evidence]:
        """What the first submission shares with the second, the most telling first.

        A piece counts by the share of it that is shared, and one answer, which is the same or is not, by the share of
        all wrong answers that are.
        """
        found = [shared for piece in self._of[one] if (shared := self._evidence(piece, self._of[other])) is not None]
        answers = math.fsum(shared.bits for shared in found if shared.kind == "answer")
        contained = answers / self._answers[one] if answers else 0.0
        found = [replace(one, bits=one.bits * contained) if one.kind == "answer" else one for one in found]
        return sorted(found, key=lambda one: (-one.bits, one.one.where))

    @staticmethod
    def _by_kind(there: Iterable[Evidence], back: Iterable[Evidence]) -> dict[Kind, float]:
        found: dict[Kind, float] = defaultdict(float)
        for one in (*there, *back):
            found[one.kind] += one.bits / 2
        return found

    def _evidence(self, piece: Piece, others: Sequence[Piece]) -> Evidence | None:
        """What a piece shares with all pieces of somebody else, shown beside the one that it shares most with."""
        rare = {print_ for print_ in piece.prints if print_ in self._bits}
        beside = {i: rare & other.prints.keys() for i, other in enumerate(others) if other.kind == piece.kind}
        shared = set().union(*beside.values())
        if not shared:
            return None
        best = max(beside, key=lambda i: (self._sum(beside[i]), -i))
        contained = self._sum(shared) / self._own(piece)
        return Evidence(
            kind=piece.kind,
            bits=self._sum(shared) * contained * piece.worth,
            others=min(len(self._holders[print_]) for print_ in shared) - 2,
            one=_side(piece, beside[best]),
            other=_side(others[best], beside[best]),
        )

    def _own(self, piece: Piece) -> float:
        """The rarity of everything in a piece, shared or not."""
        return math.fsum(self._bits.get(print_, 0.0) + self._alone.get(print_, 0.0) for print_ in piece.prints)

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
