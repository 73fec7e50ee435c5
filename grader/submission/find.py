"""Finding submissions: what a path holds, and what each is called.

Owns telling a submission from a folder of them, and ids that are unique and safe as file names everywhere. Reads
no file of a student's.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError

ANSWERS = re.compile(r"answers(?:[ _-]?\(?\d+\)?)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}


@dataclass(frozen=True)
class Found:
    """A submission that was found but not read yet, and what the place where it lay says about it.

    `student` is what a learning platform knows (`name`, `id`, `email`); it stands above what the files claim.
    `submitted_at` is ISO 8601 with its offset from UTC.
    """

    id: str
    path: Path
    student: Mapping[str, str] = field(default_factory=dict)
    submitted_at: str | None = None
    attempt: int = 1


def find_submissions(paths: Sequence[Path], modules: Sequence[str]) -> list[Found]:
    """Every submission under some paths, with unique safe ids, in a stable order.

    Args:
        paths: each a submission (folder, zip) or a folder of submissions.
        modules: names of the files that students write, to tell a submission from a folder of them.

    Raises:
        UsageError: a path does not exist or holds nothing.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        if path.is_dir() and not _is_submission(path, modules):
            found += [child for child in sorted(path.iterdir()) if _may_be_submission(child)]
        elif path.is_dir() or _may_be_submission(path) or ANSWERS.fullmatch(path.name):
            found.append(path)
    if not found:
        raise UsageError(f"no submissions (folders or zip files) in {', '.join(map(str, paths))}")
    return _with_ids(found)


def _is_submission(path: Path, modules: Sequence[str]) -> bool:
    names = {child.name.lower() for child in path.iterdir() if child.is_file()}
    wanted = {f"{module}.py" for module in modules}
    return any(ANSWERS.fullmatch(name) for name in names) or bool(names & wanted)


def _may_be_submission(path: Path) -> bool:
    if path.name.startswith((".", "__")):
        return False
    return path.is_dir() or (path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)))


def _with_ids(paths: Iterable[Path]) -> list[Found]:
    taken: set[str] = set()
    found = []
    for path in paths:
        base = safe_id(path.stem if path.is_file() else path.resolve().name)
        name, count = base, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name.casefold())
        found.append(Found(name, path))
    return found


def safe_id(name: str) -> str:
    """A name that is safe as a file name on every system."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-. ")[:80].strip("-. ")
    if not safe or safe.casefold().partition(".")[0] in _RESERVED:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"submission-{safe or digest}"
    return safe
