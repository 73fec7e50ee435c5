"""Dependencies of a name among the files of an assignment.

Owns following names: from words, to the files of that name, to the files that these import or read. In doubt a file
is included: one too many costs a decision that is made again, one too few would keep a decision that is out of date.
What is cached by such a digest belongs to the caller.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

WORD = re.compile(r"\w+")
_DATA_FILE = re.compile(r"[\w-]+\.(?!py\b)\w+")


class Sources:
    """The files below some folders, read once. Problem files (YAML) are left out: no other file depends on them."""

    def __init__(self, root: Path, folders: Sequence[str] = ("",)) -> None:
        """Read the files.

        Args:
            root: the folder that file names are relative to.
            folders: folders below `root`; missing ones count as empty.
        """
        contents = {
            file.relative_to(root).as_posix(): file.read_bytes()
            for folder in folders
            for file in sorted((root / folder).rglob("*"))
            if file.is_file() and file.suffix != ".yaml" and not _is_litter(file.relative_to(root))
        }
        self._hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        self._words = {
            name: frozenset(_words_of(content) if name.endswith(".py") else ()) for name, content in contents.items()
        }
        """By file, every word in it that may be the name of another file."""
        self._digests: dict[frozenset[str], str] = {}

    def named(self, words: Iterable[str]) -> list[str]:
        """The files whose name is one of the words, their dependencies in turn, and the packages that hold them."""
        found: set[str] = set()
        waiting = set(words)
        while waiting:
            near = {name for name in self._words if Path(name).stem in waiting} - found
            near |= {init for name in near for init in _packages(name) if init in self._words} - found
            found |= near
            waiting = {word for name in near for word in self._words[name]}
        return sorted(found)

    def digest(self, words: Iterable[str]) -> str:
        """One hash over the names and contents of the files that `named` finds."""
        asked = frozenset(words)
        if asked not in self._digests:
            covered = "\0".join(f"{name}\0{self._hashes[name]}" for name in self.named(asked))
            self._digests[asked] = hashlib.sha256(covered.encode("utf-8", "surrogateescape")).hexdigest()
        return self._digests[asked]


def _is_litter(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)


def _words_of(content: bytes) -> Iterator[str]:
    """The names that Python code imports, and the data files that its string literals name."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):  # whoever imports the file reports it
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (word for alias in names for word in alias.name.split("."))
            case ast.ImportFrom(module=module, names=names):
                yield from (module or "").split(".")
                yield from (alias.name for alias in names)
            case ast.Constant(value=str() as text):
                yield from (Path(name).stem for name in _DATA_FILE.findall(text))


def _packages(name: str) -> Iterator[str]:
    return ((folder / "__init__.py").as_posix() for folder in Path(name).parents)
