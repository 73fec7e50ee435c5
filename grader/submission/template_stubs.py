"""What is still the template's in code that was handed in."""

from __future__ import annotations

import re

_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]", re.M)
_STUB = re.compile(rb"^[ \t]*raise NotImplementedError(?:\([^\n]*)?[ \t]*\r?$", re.M)


def started_functions(source: bytes) -> int:
    """How many functions of a module or cell hold more than the template's stub."""
    return max(0, len(_FUNCTION.findall(source)) - len(_STUB.findall(source)))
