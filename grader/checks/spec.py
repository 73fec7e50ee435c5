"""What an author may write about any check.

Owns the base of authored models, the keys that all kinds share, and the marks of keys: what students get of one, and
where a name of an author's function is found. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from grader.records import Visibility


class Spec(BaseModel):
    """Base of everything an author writes: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Number = TypeVar("Number", int, float)


def both_ends(text: str, number: Callable[[str], Number], allowed: str) -> tuple[Number, Number]:
    """The ends of `low..high`; both are the same where one number stands alone.

    Raises:
        ValueError: there is none, or nothing lies between them.
    """
    first, dots, last = text.partition("..")
    try:
        low, high = number(first), number(last if dots else first)
    except ValueError:
        raise ValueError(f"{text!r} is no range — allowed: {allowed}") from None
    if low > high:
        raise ValueError(f"{text!r} holds nothing — the smaller number stands first")
    return low, high


WITHHELD = "withheld"
"""Stands in a students' kit where the author's file says what is right."""


Key = TypeVar("Key")


@dataclass(frozen=True)
class InKit:
    """Marks a key that students get: what is `shown` of its value, or else the key as it was written."""

    shown: Callable[[Any], Any] | None = None


Told = Annotated[Key, InKit()]
"""The type of a key that says what is asked."""
Withheld = Annotated[Key, InKit(lambda value: WITHHELD)]
"""The type of a key that says what is right, where the form of a kind needs something to stand."""


@dataclass(frozen=True)
class FoundBy:
    """Marks names of functions of the author's with the method of `AuthorCode` that finds them."""

    method: str


FileFunction = Annotated[str, Field(pattern=r"^\w+:\w+$")]
PropertyName = Annotated[FileFunction, FoundBy("property_function")]
"""`file:function` in `problems/properties/`."""
ProbeName = Annotated[FileFunction, FoundBy("observer")]
"""`file:function` in `problems/probes/`."""
MistakeName = Annotated[FileFunction, FoundBy("mistake")]
"""`file:function` in `reference/mistakes/`."""
AcceptedName = Annotated[FileFunction, FoundBy("accepted")]
"""`file:function` in `reference/accepted/`."""
Expectation = Annotated[str, Field(pattern=rf"^(reference\.[\w.]+:\w+|{WITHHELD})$")]
"""The function of `reference/` that derives what is right."""
ReferenceName = Annotated[Expectation, FoundBy("reference")]
"""A function of `reference/` that is called with what is drawn."""
OF_REFERENCE = ("reference", "mistake", "accepted")
"""The methods that find nothing in a students' kit."""


KeyPath = tuple[str | int, ...]
"""Where something is written: keys and indices, from a file or a check downwards."""


def names_in(written: Any, place: KeyPath = (), method: str = "") -> Iterator[tuple[KeyPath, str, str]]:
    """Every name of a function of the author's in what was written: its place, the method that finds it, and itself."""
    if isinstance(written, str) and method:
        yield place, method, written
    elif isinstance(written, Spec):
        for key, field in type(written).model_fields.items():
            marked = next(_methods(Annotated[(field.annotation, None, *field.metadata)]), "")
            yield from names_in(getattr(written, key), (*place, field.alias or key), marked)
    elif isinstance(written, tuple):
        for i, member in enumerate(written):
            yield from names_in(member, (*place, i), method)


def _methods(annotation: Any) -> Iterator[str]:
    yield from (mark.method for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, FoundBy))
    for inner in get_args(annotation):
        yield from _methods(inner)


class CheckSpec(Spec):
    """What every check may say about itself.

    `after` names earlier checks of the part: fields, or the ids of others without the part (`run.area`, `table.falls`).
    """

    kind: str
    points: Told[float] = Field(default=0, ge=0)
    visibility: Visibility = "hidden"
    after: Told[tuple[str, ...]] = ()
    bonus: Told[bool] = False

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
        """What a students' kit may hold of this check: its kind and the keys that are marked for it, and no others.

        A kind marks its own keys by their type: `Told`, `Withheld`, or with another `InKit`.

        Args:
            written: the check's keys and values as the author wrote them.
        """
        shown = only(written, "kind")
        for name, key in type(self).model_fields.items():
            for mark in key.metadata:
                if isinstance(mark, InKit) and mark.shown is not None:
                    shown[name] = mark.shown(getattr(self, name))
                elif isinstance(mark, InKit):
                    shown |= only(written, name)
        return {name: value for name, value in shown.items() if value is not None}


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
