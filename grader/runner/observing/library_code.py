"""Which code is a library's: Python's own, or one that is installed.

Owns telling it by the name of its file; what is frozen into the interpreter, such as the machinery behind `import`, has
no file, and is known by itself, as any text can be compiled under such a name. Whose other code is belongs to whoever
watches it.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

_INSTALLED = ("site-packages", "dist-packages")
"""What every folder is called into which packages are installed. Inside the sandbox `sysconfig` does not know those of
a virtual environment: they come with the order, as entries of `sys.path`."""

FOLDERS = tuple(
    os.path.join(folder, "")
    for folder in dict.fromkeys(
        (
            *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
            *(folder for folder in sys.path if Path(folder).name in _INSTALLED),
        )
    )
)
"""How the names of libraries' files begin."""


def is_librarys(code: CodeType) -> bool:
    """Whether code is a library's. What `exec` made is not, whoever called it: the text may be a student's."""
    return code.co_filename.startswith(FOLDERS) or id(code) in _FROZEN


def _frozen() -> Iterator[CodeType]:
    for module in [*sys.modules.values()]:
        if getattr(getattr(module, "__spec__", None), "origin", None) == "frozen":
            for one in [*vars(module).values()]:
                for member in vars(one).values() if isinstance(one, type) else [one]:
                    yield from _codes(getattr(getattr(member, "__func__", member), "__code__", None))


def _codes(code: Any) -> Iterator[CodeType]:
    """Code, and that of the functions within it."""
    if isinstance(code, CodeType):
        yield code
        for constant in code.co_consts:
            yield from _codes(constant)


_FROZEN = {id(code): code for code in _frozen()}
"""By identity, as code is equal to what the same text gives. Collected before any student code runs."""
