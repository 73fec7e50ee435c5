"""What an author may write about any check.

Owns the base of authored models, and the keys that all kinds share. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from grader.records import Visibility


class Spec(BaseModel):
    """Base of everything an author writes: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


WITHHELD = "withheld"
"""Stands in a students' kit where the author's file says what is right."""


class CheckSpec(Spec):
    """What every check may say about itself.

    `after` names earlier checks of the part: fields, or the ids of others without the part (`run.area`, `table.falls`).
    """

    kind: str
    points: float = Field(default=0, ge=0)
    visibility: Visibility = "hidden"
    after: tuple[str, ...] = ()
    bonus: bool = False

    @field_validator("after", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    def shown_to(self) -> Visibility:
        """Who may see the outcome before release."""
        return self.visibility

    def builds_on(self) -> tuple[str, ...]:
        """Fields of other parts, as `part.field`, of which the outcome counts here and not just what was typed."""
        return ()

    def notes(self) -> Mapping[str, str]:
        """What is asked beyond the common rules, by the field or the function (`module.function`) of which it is."""
        return {}

    def right_in_words(self) -> str:
        """What is right, as a line of Markdown; empty where it is derived, shown otherwise, or withheld."""
        return ""

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """What a students' kit may hold of this check: keys that are named here or by its kind, and no others.

        A kind adds the keys that say what is asked, and `WITHHELD` where its form needs to know what is right.

        Args:
            written: the check's keys and values as the author wrote them.
        """
        return only(written, "kind", "points", "after", "bonus")


def spelled_out(key: str) -> Callable[[Any], Any]:
    """What makes whole the members of a mapping that are written as a text alone: it stands for `{key: text}`."""

    def spell(written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        return {name: {key: value} if isinstance(value, str) else value for name, value in written.items()}

    return spell


def only(written: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Those of the keys that are written."""
    return {key: written[key] for key in keys if key in written}


def notes_of(specs: Iterable[CheckSpec], name: str) -> tuple[str, ...]:
    """What checks ask of a field or function beyond the common rules, each once."""
    return tuple(dict.fromkeys(spec.notes()[name] for spec in specs if name in spec.notes()))
