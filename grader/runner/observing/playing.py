"""An object with state, and what its methods give one after the other."""

from __future__ import annotations

import copy
from typing import Any

from torch.nn import Module


def play(make: Any, steps: list[Any], *arguments: Any) -> list[Any]:
    """Make an object and call its methods in order.

    Args:
        make: the class.
        steps: a list for each call: the method's name, and what it is given.
        arguments: what the object is made of.

    Returns:
        For each call whether it returned, and what it gave, as it was then, or the name of the exception it raised. A
        module that gives itself, as `.eval()` does, gives nothing.
    """
    made = make(*arguments)
    results: list[Any] = []
    for name, *given in steps:
        try:
            came = getattr(made, name)(*given)
            results.append([True, None if came is made and isinstance(made, Module) else copy.deepcopy(came)])
        except NotImplementedError:  # a stub's
            raise
        except Exception as error:  # noqa: BLE001 — what is raised is what came out
            results.append([False, builtin_names(error)[0]])
    return results


def builtin_names(error: BaseException) -> list[str]:
    """The names of an exception's classes that are Python's own, the nearest first."""
    return [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
