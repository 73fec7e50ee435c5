"""One file for each thing: the modules of a package are found by scanning its folder, and register themselves.

Owns finding and importing them, and that no name is taken twice. What is registered belongs to each room.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


def module_names(package: str) -> list[str]:
    """The names of a package's modules, without importing any of them."""
    return [module.name for module in pkgutil.iter_modules(importlib.import_module(package).__path__)]


class Registry(Generic[Entry]):
    """What the modules of a package offer, by name.

    Args:
        package: the package whose modules register themselves when they are imported.
        what: what an entry is called in messages.
    """

    def __init__(self, package: str, what: str) -> None:
        self._package = package
        self._what = what
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> None:
        """Register an entry.

        Raises:
            RuntimeError: the name is taken.
        """
        if name in self._entries:
            raise RuntimeError(f"{self._what} {name!r} is registered twice")
        self._entries[name] = entry

    def all(self) -> Mapping[str, Entry]:
        """Every entry of every module, by name in order: whatever was imported first."""
        for name in module_names(self._package):
            importlib.import_module(f"{self._package}.{name}")
        return dict(sorted(self._entries.items()))
