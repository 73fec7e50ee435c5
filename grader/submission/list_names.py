"""The names that stand in a folder or zip, without reading what they name.

Owns walking both alike, names that a system wrote without saying in which code, and wrapping folders. Knows no
platform.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from grader.submission.file_kinds import is_litter
from grader.submission.unpack import name_as_meant

MAX_ENTRIES = 200_000


@dataclass(frozen=True)
class NameList:
    """What a folder or zip holds. `names` maps each name that people see to the one it is stored under."""

    path: Path
    names: Mapping[str, str]

    def below(self, folder: str) -> dict[str, str]:
        """The files under a folder, by their names in it."""
        return {name[len(folder) + 1 :]: at for name, at in self.names.items() if name.startswith(f"{folder}/")}

    def tops(self) -> set[str]:
        """What stands at the top: files and folders."""
        return {name.partition("/")[0] for name in self.names}

    def unwrapped(self) -> NameList | None:
        """Without the one folder that holds everything; None if there is none."""
        tops = self.tops()
        if len(tops) != 1 or any("/" not in name for name in self.names):
            return None
        return replace(self, names=self.below(tops.pop()))

    def read(self, name: str, limit: int) -> bytes:
        """The first `limit` bytes of the file that people see under a name."""
        stored = self.names[name]
        if self.path.is_dir():
            with (self.path / stored).open("rb") as file:
                return file.read(limit)
        with zipfile.ZipFile(self.path) as archive, archive.open(stored) as member:
            return member.read(limit)


def list_names(path: Path) -> NameList | None:
    """What a folder or zip holds, links and litter aside; None for any other file and where there is too much."""
    try:
        stored = _names_of_folder(path) if path.is_dir() else _names_of_zip(path)
        names = dict(islice(((shown, name) for shown, name in stored if not is_litter(shown)), MAX_ENTRIES + 1))
    except (OSError, zipfile.BadZipFile):
        return None
    return NameList(path, dict(sorted(names.items()))) if len(names) <= MAX_ENTRIES else None


def _names_of_folder(path: Path) -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not is_litter(name)]
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                relative = file.relative_to(path).as_posix()
                yield relative, relative


def _names_of_zip(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield name_as_meant(info).replace("\\", "/"), info.filename
