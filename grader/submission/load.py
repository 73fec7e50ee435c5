"""From a path to submissions.

Owns finding out what a path holds (one submission, or a folder of them), naming submissions safely and
uniquely, and matching files by the names that students really use. Never raises for what a student did.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.submission.answers import AnswersFile, read_answers
from grader.submission.archive import collect
from grader.submission.model import Submission

_ANSWERS = re.compile(r"answers(?:[ _-]?\(?\d+\)?)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}


@dataclass(frozen=True)
class Found:
    """A submission that was found but not read yet."""

    id: str
    path: Path


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
        elif path.is_dir() or _may_be_submission(path) or _ANSWERS.fullmatch(path.name):
            found.append(path)
    if not found:
        raise UsageError(f"no submissions (folders or zip files) in {', '.join(map(str, paths))}")
    return _with_ids(found)


def _is_submission(path: Path, modules: Sequence[str]) -> bool:
    names = {child.name.lower() for child in path.iterdir() if child.is_file()}
    wanted = {f"{module}.py" for module in modules}
    return any(_ANSWERS.fullmatch(name) for name in names) or bool(names & wanted)


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


def load_submission(found: Found, modules: Sequence[str]) -> Submission:
    """Read one submission: whatever is wrong with it becomes faults and notices, never an exception."""
    collected = collect(found.path)
    files, renamed = _canonical_names(collected.files, modules)
    answers, answers_name = _find_answers(files)
    notices = [*collected.notices, *renamed, *answers.notices]
    if answers_name is None:
        notices.append(("answers.yaml", "not handed in: every typed field counts as not started"))
    return Submission(
        id=found.id,
        files={name: content for name, content in files.items() if name != answers_name},
        answers=answers.answers,
        broken_parts=answers.broken_parts,
        student=answers.student,
        notices=tuple(notices),
        files_sha256=_hash(files),
    )


def _find_answers(files: Mapping[str, bytes]) -> tuple[AnswersFile, str | None]:
    names = sorted(name for name in files if _ANSWERS.fullmatch(name))
    if not names:
        return AnswersFile(), None
    exact = "answers.yaml" if "answers.yaml" in names else names[0]
    found = read_answers(files[exact], exact)
    if exact != "answers.yaml":
        found.notices.append((exact, "read as answers.yaml"))
    found.notices += [(name, f"not read: {exact} counts") for name in names if name != exact]
    return found, exact


def _canonical_names(
    files: Mapping[str, bytes], modules: Sequence[str]
) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Give files that a student's system renamed (`Heads.PY`, `heads (1).py`) the name that is asked for."""
    named, notices = dict(files), []
    for module in modules:
        wanted = f"{module}.py"
        if wanted in named:
            continue
        spelling = re.compile(rf"{re.escape(module)}(?:[ _-]?\(?\d+\)?)?\.py(?:\.txt)?", re.IGNORECASE)
        near = sorted(name for name in named if spelling.fullmatch(PurePosixPath(name).name))
        if near:
            named[wanted] = named.pop(near[0])
            notices.append((near[0], f"read as {wanted}"))
    return named, notices


def _hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode("utf-8", "surrogatepass") + files[name])
    return digest.hexdigest()
