"""The names that stand in a folder or archive, without reading what they name.

Owns walking both alike, names that a system wrote without saying in which code, and wrapping folders. Knows no
platform.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from grader.submission.class_archive import class_archive
from grader.submission.file_kinds import is_litter
from grader.submission.unpack import MAX_MEMBERS, UNREADABLE, readable_name


@dataclass(frozen=True)
class NameList:
    """What a folder or archive holds. `names` maps each name that people see to the one it is stored under.

    `links` are the names of links, which are followed nowhere.
    """

    path: Path
    names: Mapping[str, str]
    links: tuple[str, ...] = ()

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
        """The file that people see under a name.

        Raises:
            One of `UNREADABLE`: it cannot be read, or holds more than `limit` bytes.
        """
        stored = self.names[name]
        if not self.path.is_dir():
            return class_archive(self.path).member(stored)[1](limit)
        if (self.path / stored).stat().st_size > limit:
            raise OSError(f"more than {limit >> 20} MiB")
        return (self.path / stored).read_bytes()


def list_names(path: Path) -> NameList | None:
    """What a folder or archive holds, litter aside; None for any other file and where there is too much."""
    links: list[str] = []
    try:
        stored = _names_of_folder(path, links) if path.is_dir() else class_archive(path).names(links)
        names = dict(islice(((shown, name) for shown, name in stored if not is_litter(shown)), MAX_MEMBERS + 1))
    except UNREADABLE:
        return None
    return NameList(path, dict(sorted(names.items())), tuple(links)) if len(names) <= MAX_MEMBERS else None


def _names_of_folder(path: Path, links: list[str]) -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not is_litter(name)]
        for name in (*folders, *files):
            file = Path(folder) / name
            relative = file.relative_to(path).as_posix()
            if file.is_symlink():
                links.append(readable_name(relative))
            elif name not in folders:
                yield readable_name(relative), relative
