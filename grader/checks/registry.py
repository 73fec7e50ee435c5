"""How kinds of checks join.

Owns the registry. A new kind is one new file beside this one: it defines a spec (what an author may write) and a check
(what happens), and registers both. Registers no kind itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from grader.checks.base import Check, PartFacts
from grader.checks.spec import CheckSpec
from grader.files.registry import Registry

Place = Literal["fields", "runs", "checks"]
Build = TypeVar("Build", bound=Callable[[PartFacts, str, Any], Check])


@dataclass(frozen=True)
class KindEntry:
    """A registered kind: where it may stand, what an author writes, and how that becomes checks."""

    names: tuple[str, ...]
    place: Place
    spec: type[CheckSpec]
    build: Callable[[PartFacts, str, Any], Check]


_KINDS: Registry[KindEntry] = Registry("grader.checks", "check kind")


def register(*names: str, place: Place, spec: type[CheckSpec]) -> Callable[[Build], Build]:
    """Register the decorated class for one or more kinds; or a function `build(part, name, spec) -> Check`.

    Raises:
        RuntimeError: a kind is registered twice.
    """

    def add(build: Build) -> Build:
        entry = KindEntry(names, place, spec, build)
        for name in names:
            _KINDS.add(name, entry)
        return build

    return add


@cache
def kinds() -> Mapping[str, KindEntry]:
    """Every kind, from every file beside this one, by name: whatever was imported first."""
    return _KINDS.all()
