"""Kinds of typed answers: one file each, found by scanning this folder.

Owns their names: who reads problem files needs no more, and pays for no mathematics.
"""

from __future__ import annotations

import pkgutil
from functools import cache


@cache
def kind_names() -> tuple[str, ...]:
    """The name of every kind: the files of this folder, `base` aside."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base"))
