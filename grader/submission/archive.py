"""Getting at the files of a submission, whatever they came in.

Owns limits on size and number, which files are taken first where they bind, archives inside folders and other
archives, and the folders that wrap everything. A submission may also be some members of a folder or archive that holds
many. Knows nothing of what the files mean.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from grader.submission.class_archive import class_archive
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
from grader.submission.unpack import (
    MAX_MEMBERS,
    UNREADABLE,
    Member,
    members_of,
    readable_name,
    without_compression,
)

MAX_FILES = 400
MAX_FILE_BYTES = 8 << 20
_USUAL_BYTES = 64 << 10
"""As much is read first: room for the largest file costs more than reading one that a person typed."""
MAX_NOTEBOOK_BYTES = 32 << 20
"""Notebooks carry their outputs, which nobody reads but nobody should lose a mark for."""
MAX_TOTAL_BYTES = 48 << 20
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
        _take(_chosen(path, members), collected)
    elif path.is_dir():
        _take(_members_of_folder(path, collected), collected)
    elif form := archive_format(path.name, first_bytes(path)):
        with path.open("rb") as file:
            _unpack(form, file, path.name, "", collected)
    else:
        _take(iter([(path.name, path.stat().st_size, partial(_read_file, path))]), collected)
    _open_archives(collected)
    collected.files = _without_wrapper(collected.files)
    return collected


def _take(members: Iterator[Member], collected: Collected) -> None:
    """Read members while the limits allow: answers and notebooks first, then code, what lies deep last."""
    several = islice(members, MAX_MEMBERS)
    listed = [(readable_name(name), size, read) for name, size, read in several if not is_litter(name)]
    installed = environments(name for name, _, _ in listed)
    for folder in sorted(installed):
        collected.leave_out(folder, "left out: an installed environment, but for files beside its folders")
    wanted = [member for member in listed if not _is_installed(member[0], installed)]
    collected.seen += len(wanted)
    too_many: list[str] = []
    for name, size, read in sorted(wanted, key=lambda member: (rank(member[0]), member[0].count("/"))):
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
        collected.cannot_read(name, str(error) or type(error).__name__)
        return
    collected.spent += len(content) - size
    if name in collected.files:
        collected.hide(name, content)
    else:
        collected.files[name] = content


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
        with without_compression(form, file) as plain:
            _take(members_of(form, plain, inner.leave_out, packed_alone(name)), inner)
    except UNREADABLE as error:
        collected.cannot_read(name, f"damaged or not complete ({str(error) or type(error).__name__})")
    else:
        if not inner.seen and not inner.notices:
            collected.cannot_read(name, "an archive without a file")
    above = PurePosixPath(name).parent
    for file_name, content in _without_wrapper(inner.files).items():
        place = (above / file_name).as_posix()
        if place in collected.files:
            collected.hide(f"{within}{file_name}", content)
        elif len(collected.files) >= MAX_FILES:
            collected.leave_out(f"{within}{file_name}", f"left out: more than {MAX_FILES} files")
        else:
            collected.files[place] = content
    collected.seen += inner.seen
    collected.spent = inner.spent
    collected.notices += [(f"{within}{where}", why) for where, why in inner.notices]
    collected.unreadable += [f"{within}{why}" for why in inner.unreadable]
    collected.hidden |= {f"{within}{hidden}": content for hidden, content in inner.hidden.items()}


# --- places ----------------------------------------------------------------------------------------------------------


def first_bytes(path: Path) -> bytes:
    """As much of a file as its format can be told by."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _read_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(_USUAL_BYTES)
        if len(content) == _USUAL_BYTES:
            content += file.read(max(0, limit - _USUAL_BYTES) + 1)
    if len(content) > limit:
        raise OSError(f"more than {limit >> 20} MiB")
    return content


def _chosen(path: Path, members: Mapping[str, str]) -> Iterator[Member]:
    """Some members of a folder or archive."""
    find = partial(_file_below, path) if path.is_dir() else class_archive(path).member
    for name, place in members.items():
        yield name, *find(place)


def _file_below(folder: Path, place: str) -> tuple[int, Callable[[int], bytes]]:
    file = folder / place
    with contextlib.suppress(OSError):
        return file.lstat().st_size, partial(_read_file, file)
    return 0, partial(_read_file, file)  # it is gone, as reading it says


def _members_of_folder(path: Path, collected: Collected) -> Iterator[Member]:
    def closed(error: OSError) -> None:
        collected.cannot_read(Path(error.filename).name, error.strerror or "it may not be read")

    for folder, names, files in os.walk(path, onerror=closed, followlinks=False):
        kept = sorted(name for name in names if not is_litter(name))
        files += [name for name in kept if (Path(folder) / name).is_symlink()]
        kept = [name for name in kept if name not in files]
        names[:] = [] if ENVIRONMENT in files and folder != str(path) else kept
        for name in sorted(files):
            file = Path(folder) / name
            relative = file.relative_to(path).as_posix()
            if is_litter(name):
                continue
            with contextlib.suppress(FileNotFoundError):  # an editor may replace it at this moment
                info = file.lstat()
                if stat.S_ISREG(info.st_mode):
                    yield relative, info.st_size, partial(_read_file, file)
                else:
                    collected.leave_out(relative, "left out: not a plain file (a link or a device)")


def _without_wrapper(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take off folders that wrap everything."""
    unwrapped = dict(files)
    while unwrapped and all("/" in name for name in unwrapped):
        tops = {name.split("/", 1)[0] for name in unwrapped}
        if len(tops) != 1:
            break
        unwrapped = {name.split("/", 1)[1]: content for name, content in unwrapped.items()}
    return unwrapped
