"""Getting at the files of a submission, whatever they came in.

Owns limits on size and number, which files are taken first where they bind, archives inside folders and other
archives, and the folders that wrap everything. A submission may also be some members of a folder or archive that holds
many. Knows nothing of what the files mean.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from grader.submission.collected import Collected, rank
from grader.submission.file_kinds import (
    ENVIRONMENT,
    HEAD_BYTES,
    READABLE,
    archive_format,
    environments,
    is_archive_name,
    is_litter,
    is_notebook,
    packed_alone,
)
from grader.submission.list_names import member_at
from grader.submission.members import (
    MAX_MEMBERS,
    MAX_NAME_CHARACTERS,
    UNREADABLE,
    Member,
    at_most,
    in_folder,
    members_of,
    open_archive,
    read_file,
    readable_name,
    safe_name,
    unwrapped,
    without_compression,
)

OUTSIDE = f"left out: its name points outside the archive, or is longer than {MAX_NAME_CHARACTERS} characters"
MAX_FILES = 400
MAX_FILE_BYTES = 8 << 20
MAX_NOTEBOOK_BYTES = 32 << 20
"""Notebooks carry their outputs, which nobody reads but nobody should lose a mark for."""
MAX_TOTAL_BYTES = 48 << 20
MAX_UNPACKED_TAR = 256 << 20
"""A compressed tar is unpacked as a whole before the first member is known: an environment fits, a bomb does not."""
MAX_ARCHIVES = 20
_VOWELS = ("e", "Office", "RTF")
MAX_NESTING = 3
"""Archives in archives: a zip of a zip that a platform put into a zip."""


def collect(path: Path, members: Mapping[str, str] | None = None) -> Collected:
    """Every usable file of a folder, an archive or a single file; or, of a place that holds many submissions, some.

    Nothing is ever followed out of the folder or unpacked to disk. What is left out is said in `notices`.

    Args:
        path: where the submission lies.
        members: name in the submission → name in the folder or archive, where only these belong to it.
    """
    collected = Collected()
    if members is not None:
        _take(_chosen(path, members, collected), collected)
    elif path.is_dir():
        _take(in_folder(path, lambda error: collected.cannot_read(Path(error.filename).name, _why(error))), collected)
    elif form := archive_format(path.name, first_bytes(path)):
        with path.open("rb") as file:
            _unpack(form, file, path.name, "", collected)
    else:
        _take([Member(readable_name(path.name), "", path.stat().st_size, partial(read_file, path))], collected)
    _open_archives(collected)
    collected.files = {short: collected.files[name] for name, short in unwrapped(collected.files).items()}
    return collected


def _chosen(path: Path, members: Mapping[str, str], collected: Collected) -> Iterator[Member]:
    """Some members of a folder or archive."""
    for name, at in members.items():
        try:
            yield member_at(path, at)._replace(name=name)
        except UNREADABLE as error:
            collected.cannot_read(name, _why(error))


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _take(members: Iterable[Member], collected: Collected) -> None:
    """Read members while the limits allow: answers and notebooks first, then code, what lies deep last."""
    listed = list(islice(members, MAX_MEMBERS + 1))
    if len(listed) > MAX_MEMBERS:
        why = f"it and what follows were not looked at, as there are more than {MAX_MEMBERS} files"
        collected.cannot_read(listed.pop().name, why)
    plain = []
    for one in listed:
        if one.odd and not is_litter(one.name):
            collected.leave_out(one.name, one.odd)
        elif not is_litter(one.name):
            plain.append(one)
    installed = environments(one.name for one in plain)
    for folder in sorted(installed):
        collected.leave_out(folder, "left out: an installed environment, but for files beside its folders")
    wanted = [one for one in plain if not _is_installed(one.name, installed)]
    collected.seen += len(wanted)
    too_many: list[str] = []
    for name, _, size, read, _ in sorted(wanted, key=lambda one: (rank(one.name), one.name.count("/"))):
        if len(collected.files) >= MAX_FILES:
            too_many.append(name)
        elif size > (most := _most(name)):
            collected.leave_out(name, f"left out: {size >> 20} MiB, more than the limit of {most >> 20} MiB")
        elif collected.spent + size > MAX_TOTAL_BYTES:
            limit = MAX_TOTAL_BYTES >> 20
            collected.leave_out(name, f"left out: {size >> 20} MiB, more than the limit of {limit} MiB for all files")
        else:
            _read_into(collected, name, size, partial(read, most))
    if too_many:
        others = f", as {len(too_many) - 1} others" if len(too_many) > 1 else ""
        collected.leave_out(too_many[0], f"left out{others}: more than {MAX_FILES} files")


def _is_installed(name: str, environments: Collection[str]) -> bool:
    """Whether a file belongs to an environment, which may have been made in the folder in which the work lies."""
    inside = (name[len(folder) + 1 :] for folder in environments if name.startswith(f"{folder}/"))
    return any("/" in place or place == ENVIRONMENT for place in inside)


def _read_into(collected: Collected, name: str, size: int, read: Callable[[], bytes]) -> None:
    collected.spent += size
    try:
        content = read()
    except UNREADABLE as error:
        collected.cannot_read(name, _why(error))
        return
    collected.spent += len(content) - size
    collected.add(name, content, name)


def _most(name: str) -> int:
    """The largest size of a file with this name, in bytes."""
    if is_archive_name(name):
        return MAX_TOTAL_BYTES
    return MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_FILE_BYTES


# --- archives among the files ----------------------------------------------------------------------------------------


def _open_archives(collected: Collected) -> None:
    """Put in the place of each archive what it holds; archives among that too, a few levels deep."""
    opened = 0
    for level in range(MAX_NESTING + 1):
        found = {
            name: form
            for name, content in collected.files.items()
            if (form := archive_format(name, content[:HEAD_BYTES]))
        }
        for name, form in sorted(found.items()):
            content = collected.files.pop(name)
            collected.seen -= 1
            if level == MAX_NESTING or opened == MAX_ARCHIVES:
                collected.cannot_read(name, f"more than {MAX_NESTING} archives in each other, or {MAX_ARCHIVES} in all")
                continue
            opened += 1
            collected.spent -= len(content)
            _unpack(form, io.BytesIO(content), name, f"{name}/", collected)


def _unpack(form: str, file: IO[bytes], name: str, within: str, collected: Collected) -> None:
    """Add what an archive holds, as if it had been handed in loose beside it; `within` stands before its names."""
    known = len(collected.unreadable)
    if form in READABLE:
        _unpack_readable(form, file, name, within, collected)
    else:
        collected.seen += 1
        told = "hand in a zip or single files" if form.endswith(("archive", "file")) else "save it as plain text"
        collected.cannot_read(name, f"it is {'an' if form.startswith(_VOWELS) else 'a'} {form}; {told}")
    if len(collected.unreadable) > known:
        file.seek(0)
        collected.unopened[name] = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]


def _unpack_readable(form: str, file: IO[bytes], name: str, within: str, collected: Collected) -> None:
    inner = Collected(spent=collected.spent)
    try:
        with without_compression(form, file, MAX_UNPACKED_TAR) as plain:
            _take(_held(form, name, plain), inner)
    except UNREADABLE as error:
        collected.cannot_read(name, f"damaged or not complete ({_why(error)})")
    else:
        if not inner.seen and not inner.notices:
            collected.cannot_read(name, "an archive without a file")
    above = PurePosixPath(name).parent
    for held, short in unwrapped(inner.files).items():
        place = (above / short).as_posix()
        if place in collected.files or len(collected.files) < MAX_FILES:
            collected.add(place, inner.files[held], f"{within}{short}")
        else:
            collected.leave_out(f"{within}{short}", f"left out: more than {MAX_FILES} files")
    collected.seen += inner.seen
    collected.spent = inner.spent
    collected.notices += [(f"{within}{where}", why) for where, why in inner.notices]
    collected.unreadable += [f"{within}{why}" for why in inner.unreadable]
    collected.hidden |= {f"{within}{hidden}": content for hidden, content in inner.hidden.items()}


def _held(form: str, name: str, file: IO[bytes]) -> Iterator[Member]:
    """The files in an archive: those of a zip or tar, or the one that was compressed."""
    alone = packed_alone(name) if form == "tar" else None
    if alone is not None:
        yield Member(alone, alone, 0, partial(at_most, file))
        return
    for one in members_of(open_archive(form, file)):
        inside = safe_name(one.name)
        yield one._replace(name=inside) if inside else one._replace(odd=OUTSIDE)


def first_bytes(path: Path) -> bytes:
    """As much of a file as its format can be told by."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
