"""Finding submissions: what a path holds, and what each is called.

Owns telling a submission from a folder of them and from a download, and ids that are unique and safe as file names
everywhere. Reads no file of a student's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.submission.downloads import follow_on, read_download
from grader.submission.model import SubmissionSource
from grader.submission.notebook import NOTEBOOK

__all__ = ["ANSWERS", "find_submissions", "safe_id"]

ANSWERS = re.compile(r"answers(?:[ _-]?\(?\d+\)?)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}


def find_submissions(paths: Sequence[Path], modules: Sequence[str]) -> list[SubmissionSource]:
    """Every submission under some paths, with unique safe ids, in a stable order.

    A download of Gradescope, Canvas or Moodle gives every attempt of every student. It is taken for one only if every
    path is: among loose submissions, a zip that looks like a download is the work of one student, whatever it claims.

    Args:
        paths: each a submission (folder, zip, notebook), a folder of submissions, or a download.
        modules: names of the files that students write, to tell a submission from a folder of them.

    Raises:
        UsageError: a path does not exist or holds nothing, or a download cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
    found = _in_downloads(paths, modules) or [one for path in paths for one in _loose(path, modules)]
    if not found:
        raise UsageError(f"no submissions (folders, zip files or notebooks) in {', '.join(map(str, paths))}")
    return _with_ids(found)


def _in_downloads(paths: Sequence[Path], modules: Sequence[str]) -> list[SubmissionSource]:
    """What the paths hold if all of them are downloads; else nothing."""
    found: list[SubmissionSource] = []
    unreadable: list[UsageError] = []
    for path in paths:
        try:
            download = None if path.is_dir() and _is_submission(path, modules) else read_download(path)
        except UsageError as error:  # a broken download, unless what follows is loose: then one student's prank
            unreadable.append(error)
            continue
        if download is None:
            return []
        found += follow_on(download, found)
    if unreadable:
        raise unreadable[0]
    return found


def _loose(path: Path, modules: Sequence[str]) -> list[SubmissionSource]:
    if path.is_dir() and not _is_submission(path, modules):
        places = [child for child in sorted(path.iterdir()) if _may_be_submission(child)]
    else:
        places = [path] if path.is_dir() or _may_be_submission(path) or ANSWERS.fullmatch(path.name) else []
    return [SubmissionSource(place.stem if place.is_file() else place.resolve().name, place) for place in places]


def _is_submission(path: Path, modules: Sequence[str]) -> bool:
    names = {child.name.lower() for child in path.iterdir() if child.is_file()}
    wanted = {f"{module}.py" for module in modules}
    return any(ANSWERS.fullmatch(name) for name in names) or bool(names & {*wanted, NOTEBOOK})


def _may_be_submission(path: Path) -> bool:
    if path.name.startswith((".", "__")):
        return False
    return path.is_dir() or (path.is_file() and (path.suffix.lower() in (".zip", ".ipynb") or zipfile.is_zipfile(path)))


def _with_ids(found: Iterable[SubmissionSource]) -> list[SubmissionSource]:
    """Safe ids, which differ even where case does not count; a student's later attempts say so in theirs."""
    taken: set[str] = set()
    named = []
    for one in found:
        base = safe_id(one.id if one.attempt == 1 else f"{one.id}-attempt-{one.attempt}")
        name, count = base, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name.casefold())
        named.append(replace(one, id=name))
    return named


def safe_id(name: str) -> str:
    """A name that is safe as a file name on every system."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-. ")[:80].strip("-. ")
    if not safe or safe.casefold().partition(".")[0] in _RESERVED:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"submission-{safe or digest}"
    return safe
