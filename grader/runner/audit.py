"""Steps of student code after which nothing in its process can be relied on, noticed while they happen.

Owns which steps count: use of C through `ctypes`, which may change any memory; code or defaults of a library's function
or the class of a library's module replaced, which a look at names would not find; an audit hook, which stays and cannot
be seen. The interpreter reports them (PEP 578), and student code cannot take the notice back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Set
from types import FunctionType, ModuleType
from typing import Any

_CHANGES = ("object.__setattr__", "object.__delattr__")
_PARTS = frozenset({"__code__", "__defaults__", "__kwdefaults__"})


def notice_from_now_on(libraries: Set[str]) -> Callable[[], bool]:
    """Begin to notice; what is returned says whether any such step was taken.

    Args:
        libraries: names of the modules whose functions are to stay. What is made anew may change as it likes.
    """
    taken: list[str] = []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        counts = event == "sys.addaudithook" or event.startswith("ctypes.")
        if counts or (event in _CHANGES and _is_librarys(args[0], args[1], libraries)):
            taken.append(event)

    sys.addaudithook(hook)
    return lambda: bool(taken)


def _is_librarys(changed: object, attribute: str, libraries: Set[str]) -> bool:
    if isinstance(changed, FunctionType):
        return attribute in _PARTS and changed.__globals__.get("__name__") in libraries
    return attribute == "__class__" and isinstance(changed, ModuleType) and changed.__name__ in libraries
