"""Which files of an assignment stand behind a name.

Owns following names: from words, to the files that are called so, to what these import or read. Follows rather too
much than too little: what a digest covers in vain only costs a decision that is made again.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WORD = re.compile(r"\w+")
_DATA_FILE = re.compile(r"[\w-]+\.(?!py\b)\w+")


@dataclass(frozen=True)
class _File:
    """A digest of one file, and every word by which it may name another."""

    digest: str
    words: frozenset[str]


class Sources:
    """The files below some folders, read once. Problem files (YAML) are none of them: they name, nobody names them."""

    def __init__(self, root: Path, folders: Sequence[str] = ("",)) -> None:
        """Read them.

        Args:
            root: what their names are relative to.
            folders: below `root`; missing ones count as empty.
        """
        self._files: Mapping[str, _File] = {
            file.relative_to(root).as_posix(): _read(file)
            for folder in folders
            for file in sorted((root / folder).rglob("*"))
            if file.is_file() and file.suffix != ".yaml" and not _is_litter(file.relative_to(root))
        }
        self._digests: dict[frozenset[str], str] = {}

    def named(self, words: Iterable[str]) -> list[str]:
        """The files called like one of the words, whatever those name in turn, and the packages they lie in."""
        found: set[str] = set()
        waiting = set(words)
        while waiting:
            near = {name for name in self._files if Path(name).stem in waiting} - found
            near |= {init for name in near for init in _packages(name) if init in self._files} - found
            found |= near
            waiting = {word for name in near for word in self._files[name].words}
        return sorted(found)

    def digest(self, words: Iterable[str]) -> str:
        """One hash over `named` and what stands in those files."""
        asked = frozenset(words)
        if asked not in self._digests:
            told = "\0".join(f"{name}\0{self._files[name].digest}" for name in self.named(asked))
            self._digests[asked] = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
        return self._digests[asked]


def _is_litter(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)


def _read(file: Path) -> _File:
    content = file.read_bytes()
    words = frozenset(_words_of(content)) if file.suffix == ".py" else frozenset[str]()
    return _File(hashlib.sha256(content).hexdigest(), words)


def _words_of(content: bytes) -> Iterator[str]:
    """What Python code imports, and the data files that its texts name."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):  # it will be told where it is imported
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
