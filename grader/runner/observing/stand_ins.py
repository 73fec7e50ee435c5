"""Functions in Python in the place of some in C, for a while.

Owns putting them there and taking them away: a call that code in C makes, as in `map(sorted, …)`, is seen by Python's
profiling hook only where what is called is written in Python. Each does what the function does that it stands for.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

from grader.runner.observing.forbidden_things import Forbidden, Place

SORTED = builtins.sorted


def is_stand_in(code: CodeType) -> bool:
    """Whether this is the code of a stand-in."""
    return code is _CODE


@contextlib.contextmanager
def placed(forbidden: Sequence[Forbidden], is_students: Callable[[str], bool]) -> Iterator[None]:
    """Put a stand-in wherever a forbidden function in C is kept: in its library, and in students' modules.

    Args:
        forbidden: what is forbidden.
        is_students: whether a file is a student's.
    """
    places = [place for one in forbidden for place in one.places]
    if any(place[:2] == (list, "sort") for place in places):
        places.append((builtins, "sorted", SORTED))  # so that it is seen to be this that sorts, whoever calls it
    made = {id(original): _stand_in(original) for _, _, original in places}
    taken = [*places, *_kept_by_students(made, is_students)]
    _put([(owner, name, made[id(original)]) for owner, name, original in taken])
    try:
        yield
    finally:
        _put(taken)


def _put(places: Sequence[Place]) -> None:
    for owner, name, value in places:
        space = _writable(owner)
        if space is not None and name in space:
            space[name] = value
    sys._clear_type_cache()


def _writable(owner: Any) -> dict[str, Any] | None:
    """The names of a module or class, also of one in C, whose own dictionary only the collector shows."""
    shown = [one for one in gc.get_referents(vars(owner)) if type(one) is dict] if isinstance(owner, type) else []
    space: Any = vars(owner) if isinstance(owner, ModuleType) else next(iter(shown), None)
    return space if isinstance(space, dict) else None


def _kept_by_students(made: Mapping[int, Any], is_students: Callable[[str], bool]) -> list[Place]:
    """Where a student's module, or a class of it, holds one of the originals."""
    modules = [module for module in [*sys.modules.values()] if is_students(str(getattr(module, "__file__", "<")))]
    classes = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    own = [one for one in classes if is_students(str(getattr(sys.modules.get(one.__module__), "__file__", "<")))]
    return [
        (owner, name, value)
        for owner in (*modules, *own)
        for name, value in [*vars(owner).items()]
        if id(value) in made
    ]


def _stand_in(original: Any) -> Any:
    @functools.wraps(original)
    def stand_in(*given: Any, **options: Any) -> Any:
        return original(*given, **options)

    return stand_in


_CODE: CodeType = _stand_in(len).__code__
