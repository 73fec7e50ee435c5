"""What is still the template's in code that was handed in."""

from __future__ import annotations

import re

_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]|^\w+[ \t]*(?::[^=\n]*)?=[ \t]*lambda\b", re.M)
_STUB = re.compile(
    rb"(?:\"\"\"|'''|:|super\(\)\.__init__\(\))[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n){0,8}"
    rb"[ \t]*raise NotImplementedError(?:\([^\n]*)?[ \t]*\r?$",
    re.M,
)
"""A raise right below the head, the docstring or the parent's `__init__`: one that was left below work is none.

At most eight lines of comments may stand between, so that no text takes longer than its length.
"""


def started_functions(source: bytes) -> int:
    """How many functions of a module or cell hold more than the template's stub."""
    return max(0, len(_FUNCTION.findall(source)) - len(_STUB.findall(source)))
