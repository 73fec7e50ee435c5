"""Steps of student code after which nothing in its process can be relied on, noticed while they happen.

Owns which steps count: use of C through `ctypes`, which may change any memory; code or defaults of a library's function
or the class of a library's module replaced, which a look at names would not find; an audit hook, which stays and cannot
be seen. The interpreter reports them (PEP 578), and student code cannot take the notice back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container
from types import FunctionType, ModuleType
from typing import Any

_CHANGES = ("object.__setattr__", "object.__delattr__")
_PARTS = frozenset({"__code__", "__defaults__", "__kwdefaults__"})


def notice_from_now_on(namespaces: Container[int]) -> Callable[[], bool]:
    """Begin to notice; what is returned says whether any such step was taken.

    Args:
        namespaces: the ids of the dictionaries in which libraries' functions look up names. They must live as long as
            this process. What is made anew may change as it likes.
    """
    taken: list[str] = []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        counts = event == "sys.addaudithook" or event.startswith("ctypes.")
        if counts or (event in _CHANGES and _is_librarys(args[0], args[1], namespaces)):
            taken.append(event)

    sys.addaudithook(hook)
    return lambda: bool(taken)


def _is_librarys(changed: object, attribute: str, namespaces: Container[int]) -> bool:
    """Told by identity: a name could be changed for the moment."""
    if isinstance(changed, FunctionType):
        return attribute in _PARTS and id(changed.__globals__) in namespaces
    return attribute == "__class__" and isinstance(changed, ModuleType) and id(vars(changed)) in namespaces
