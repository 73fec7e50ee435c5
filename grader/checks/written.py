"""What every check has from its author alone.

Owns what a part and a spec say before anything is handed in: a check's id and worth, who may see its outcome, what
must stand before it, and what its random draws derive from. What it asks and how it judges belongs to its kind.
Registers no kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.checks.base import CheckSpec, Complaint, Context, PartFacts
from grader.records import Visibility
from grader.sandbox.base import Probe
from grader.seeding import PUBLISHED

AnySpec = TypeVar("AnySpec", bound=CheckSpec)


@dataclass(frozen=True)
class WrittenCheck(Generic[AnySpec]):
    """A check as it is written in a part. A kind adds `title` and `judge`, and whatever it does otherwise.

    Attributes:
        part: where it stands.
        name: the key it stands under; its place, where checks stand in a list.
        spec: what its author wrote.
    """

    part: PartFacts
    name: str
    spec: AnySpec

    @property
    def id(self) -> str:
        """`part.name`."""
        return f"{self.part.id}.{self.name}"

    @property
    def kind(self) -> str:
        """The kind's name."""
        return self.spec.kind

    @property
    def points(self) -> float:
        """The most it can earn."""
        return self.spec.points

    @property
    def bonus(self) -> bool:
        """Whether its points lie on top of the part's."""
        return self.spec.bonus

    @property
    def visibility(self) -> Visibility:
        """Who may see the outcome before release."""
        return self.spec.shown_to()

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the fields that must have earned credit first."""
        return tuple(f"{self.part.id}.{name}" for name in self.spec.after)

    @property
    def published(self) -> tuple[bytes, tuple[str, ...]]:
        """The key and the words of what is drawn for everybody."""
        return PUBLISHED, (self.id,)

    def drawn_from(self, context: Context) -> tuple[bytes, tuple[str, ...]]:
        """The key and the words of what is drawn for a submission; the same for everybody if the check is public."""
        return self.published if self.visibility == "public" else (context.secret, (self.id, context.submission.id))

    def probes(self, context: Context) -> Sequence[Probe]:
        """Nothing runs."""
        return ()

    def problems(self) -> Sequence[Complaint]:
        """Nothing beyond what the spec checks."""
        return ()
