"""What stands in a folder or archive that holds the work of many: its names, and single members at any time.

Owns listing both alike, opening an archive once for all of its members, and wrapping folders. Knows no platform; how
much of a member is taken belongs to `grader.submission.archive`.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from grader.submission.file_kinds import HEAD_BYTES, READABLE, archive_format, is_litter
from grader.submission.members import (
    MAX_MEMBERS,
    MAX_NAME_CHARACTERS,
    UNREADABLE,
    Member,
    file_at,
    in_folder,
    members_of,
    open_archive,
    safe_name,
    unwrapped,
    without_compression,
)

MAX_UNPACKED_CLASS = 1 << 30
"""A compressed tar is unpacked as a whole, on disk: a class of notebooks fits."""


@dataclass(frozen=True)
class NameList:
    """What a folder or archive holds. `names` maps each name that people see to the one it is stored under.

    `links` are the names of links and of whatever else is no plain file.
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

    def below_wrapper(self) -> NameList:
        """Without the folders that wrap everything."""
        return replace(self, names={short: self.names[name] for name, short in unwrapped(self.names).items()})

    def unwrapped(self) -> NameList | None:
        """Without the one folder that holds everything; None if there is none."""
        tops = self.tops()
        if len(tops) != 1 or any("/" not in name for name in self.names):
            return None
        return replace(self, names=self.below(tops.pop()))


def list_names(path: Path) -> NameList | None:
    """What a folder or archive holds, litter aside; None for any other file and where there is too much."""
    try:
        held = in_folder(path) if path.is_dir() else iter(_members_of_archive(path).values())
        listed = list(islice((one for one in held if not is_litter(one.name)), MAX_MEMBERS + 1))
    except UNREADABLE:
        return None
    names = {one.name: one.at for one in sorted(listed) if not one.odd}
    return NameList(path, names, tuple(one.name for one in listed if one.odd)) if len(listed) <= MAX_MEMBERS else None


def member_at(path: Path, at: str) -> Member:
    """What is stored under a name in a folder or archive.

    Raises:
        One of `UNREADABLE`: it is not there any more, or the archive is damaged.
    """
    if path.is_dir():
        return file_at(path, at)
    found = _members_of_archive(path).get(at)
    if found is None:
        raise OSError("it is not there any more")
    return found


def _members_of_archive(path: Path) -> Mapping[str, Member]:
    """What an archive holds, by stored name: opened once in each process, as long as the file stays the same."""
    info = path.stat()
    return _opened(path, info.st_mtime_ns, info.st_size, os.getpid())


@lru_cache(maxsize=2)
def _opened(path: Path, mtime_ns: int, size: int, process: int) -> Mapping[str, Member]:
    with ExitStack() as held:
        file = held.enter_context(path.open("rb"))
        form = archive_format(path.name, file.read(HEAD_BYTES))
        file.seek(0)
        if form not in READABLE:
            raise OSError("neither a zip nor a tar")
        archive = open_archive(form, held.enter_context(without_compression(form, file, MAX_UNPACKED_CLASS)))
        members = {one.at: one._replace(name=name) for one in members_of(archive) if (name := _name_inside(one.name))}
        weakref.finalize(archive, held.pop_all().close)  # with the last of its members
    return members


def _name_inside(name: str) -> str | None:
    """A name inside the archive, made of one that points elsewhere if it must be."""
    return safe_name(name) or safe_name(re.sub(r"\.\.|^[/\\]|\0|:", "_", name)[-MAX_NAME_CHARACTERS:])
