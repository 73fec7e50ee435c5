"""Files that are handed in beside answers and code.

Owns how they are asked for, and what is said where one is not there. Registers no kind; what is looked for in them
belongs to `table` and `files`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar

from pydantic import Field
from typing_extensions import TypeVar

from grader.checks.base import Check, Family
from grader.checks.spec import CheckSpec, Told
from grader.submission.model import Submission


class HandedInSpec(CheckSpec):
    """A check of files has a name of its own, and says what is asked: what they show, or which columns they have."""

    name: Told[str] = Field(pattern=r"^\w+$")
    asks: Told[str]


AnyHandedInSpec = TypeVar("AnyHandedInSpec", bound=HandedInSpec, default=HandedInSpec, covariant=True)


class HandedInCheck(Check[AnyHandedInSpec]):
    """Files of one submission. A kind adds `wanted` and `judge`."""

    family: ClassVar[Family] = Family.FILE

    @property
    def id(self) -> str:
        """`part.kind.name`."""
        return f"{self.part.id}.{self.kind}.{self.spec.name}"

    @property
    @abstractmethod
    def wanted(self) -> tuple[str, ...]:
        """The names of the files."""

    @property
    def title(self) -> str:
        """What is asked."""
        return self.spec.asks

    @property
    def asked(self) -> str:
        """Which files are to be handed in, and what is asked of them, as a line of Markdown."""
        return f"Hand in {', '.join(f'`{name}`' for name in self.wanted)}: {self.spec.asks.strip()}"


def left_out(submission: Submission) -> Mapping[str, str]:
    """Why files that were handed in were not taken, by name."""
    return {name: why for name, why in submission.notices if why.startswith("left out")}


def not_handed_in(wanted: Sequence[str], submission: Submission) -> str:
    """What is said of files that are not there, with the name of one that may be meant; empty if all are."""
    files, why = submission.files, left_out(submission)
    told = [f"{name} was {why[name]}" for name in wanted if name not in files and name in why]
    lacking = [name for name in wanted if name not in files and name not in why]
    meant = [f"{near} as {name}" for name in lacking for near in sorted(files) if _own_name(near) == _own_name(name)]
    hint = f" (hand in {', '.join(meant)})" if meant else ""
    if lacking:
        told.append(f"{', '.join(lacking)} {'was' if len(lacking) == 1 else 'were'} not handed in{hint}")
    return "; ".join(told)


def _own_name(path: str) -> str:
    """A file's name whatever folder it lies in, in small letters."""
    return PurePosixPath(path).name.casefold()
