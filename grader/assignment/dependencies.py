"""Dependencies among names that refer to each other.

Owns the transitive closure. Which names a part refers to belongs to `model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def closures(names: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """By key, the other keys that its names lead to, directly or through others; names that are no key lead nowhere."""
    direct = {key: set(named) & set(names) for key, named in names.items()}
    closures = {}
    for key, near in direct.items():
        closure, waiting = set[str](), set(near)
        while waiting:
            other = waiting.pop()
            closure.add(other)
            waiting |= direct[other] - closure
        closures[key] = closure - {key}
    return closures
