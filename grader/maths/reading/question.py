"""What the judge is asked and what it answers.

Owns the two records that cross the judge's border, and how they travel as JSON. Imports nothing of the mathematics, so
that a parent that only asks pays for none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Ties = Literal["judged", "any"]
Equality = Literal["equal", "different", "invalid", "undecided"]
Growth = Literal["same", "tight", "upper", "lower"]
Proof = Literal["", "identical", "symbolic", "numeric", "exact", "tolerance", "refuted"]


@dataclass(frozen=True)
class Tolerance:
    """How far a number may lie from the expected one: relative, absolute (in the field's unit), or both."""

    rel: float | None = None
    abs: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether only the expected number itself is near enough."""
        return not self.rel and not self.abs


@dataclass(frozen=True)
class Alternative:
    """Another answer that is just as right, with a tolerance of its own if it needs one."""

    answer: str
    tolerance: Tolerance | None = None


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that an author foresaw, with the misconception it shows."""

    answer: str
    says: str
    credit: float = 0.0


@dataclass(frozen=True)
class Question:
    """One field as the judge sees it.

    `kind` is the name of a file in `maths/kinds`.
    `reference` is the author's text (`**`, `transpose(B)`); empty where only `within` decides.
    `symbols` maps a name to `{positive, real, integer: bool, matrix: [rows, columns], symmetric: bool,
    identity: bool, aliases: [...]}`; its key `_constraints` holds strings such as `"r_max > r_min"`.
    `within` is an inclusive range in the field's unit that replaces the tolerance.
    `follows` is an operation over earlier fields (`diff(height, x)`, `solve(slope, x)`,
    `subst(height, x, top)`, `4*params`); `follow_reference` an already computed right answer, given the
    student's earlier fields. Either is tried when the answer differs from the reference. `rights` are the author's
    answers of earlier fields, by name: what an earlier answer must resemble to be carried on.
    `secret` seeds the sample points together with `id` and the normalised answer.
    `labels` are names that may stand left of `=` beside the field's own (the last part of a dotted `id`);
    None accepts any single name that is no part of the reference.
    `ties` says whether answers may differ where a number is rounded at a tie.
    `growth` says which bounds answer a question of kind `complexity`: the same class with the same letter; the same
    class, be it `O` or `Theta`; any upper bound; any lower one. `shape` is that of a matrix that is asked (`m x k`),
    `units` are further units in which an amount may be: what can be told before the right answer may be known.
    """

    id: str
    kind: str
    reference: str
    symbols: Mapping[str, object] = field(default_factory=dict)
    tolerance: Tolerance | None = None
    within: tuple[float, float] | None = None
    unit: str | None = None
    percent: bool = False
    alternatives: tuple[Alternative, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    follows: str | None = None
    follow_reference: str | None = None
    rights: Mapping[str, str] = field(default_factory=dict)
    secret: bytes = b""
    labels: tuple[str, ...] | None = ()
    ties: Ties = "judged"
    growth: Growth = "same"
    shape: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The judge's answer.

    `reading` is what was understood, in our own notation and in the student's order; it can be read again.
    `column` is 1-based in the answer as typed. `value` is a number's value in the field's unit, as exact
    decimal text, for later fields that follow from it. `follows` says that the answer is not the reference
    but is right given the student's own earlier answers.
    """

    verdict: Equality
    proof: Proof = ""
    reading: str | None = None
    message: str = ""
    column: int | None = None
    mistake: str | None = None
    credit: float = 0.0
    follows: bool = False
    value: str | None = None
    cells: int = 0
    points: int = 0

    @property
    def known(self) -> str | None:
        """How equality is known: `identical`, `proven`, or `sampled` at a number of points; None where it is not."""
        if self.verdict != "equal":
            return None
        return "identical" if self.proof == "identical" else "sampled" if self.points else "proven"

    @property
    def evidence(self) -> str:
        """How the verdict is known, for the record: `proven`, `sampled at 28 points in 3 cells`, `refuted`."""
        if self.known != "sampled":
            return self.known or self.proof
        return f"sampled at {self.points} points in {self.cells} cells"


def pack(question: Question) -> dict[str, Any]:
    """A question as plain data for JSON."""
    data = asdict(replace(question, symbols={}))  # it would copy every symbol, again and again
    return {**data, "symbols": question.symbols, "secret": question.secret.hex()}


def unpack(data: Mapping[str, Any]) -> Question:
    """The question that `pack` wrote."""
    lists = {name: tuple(data[name]) for name in ("within", "labels", "units") if data[name] is not None}
    return Question(
        **{
            **data,
            **lists,
            "tolerance": _tolerance(data),
            "alternatives": tuple(Alternative(other["answer"], _tolerance(other)) for other in data["alternatives"]),
            "mistakes": tuple(Mistake(**mistake) for mistake in data["mistakes"]),
            "secret": bytes.fromhex(data["secret"]),
        }
    )


def _tolerance(data: Mapping[str, Any]) -> Tolerance | None:
    return Tolerance(**data["tolerance"]) if data["tolerance"] else None
