"""The autograder zip that a course uploads to Gradescope.

Owns its content (the scripts, this program, the assignment and the class secret), the trial run before it is written,
and the memory that it needs. What runs on Gradescope belongs to `run`.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from grader.assignment.model import Assignment
from grader.authoring.kit import template_files
from grader.authoring.kit.wheel import build_wheel
from grader.errors import HarnessError
from grader.files.atomic import write_atomically
from grader.files.zip_file import zipped
from grader.platforms.gradescope.run import SETTINGS, GradescopeSettings, order
from grader.platforms.watch_process import Ended, run_watched
from grader.seeding import SECRET_FILE, class_secret

ZIP = "autograder.zip"
ASSIGNMENT = ("problems", "reference")
DEFAULT_MIB = 768
"""Memory of a Gradescope container, unless the course chooses a larger one."""

STUDENT_MIB = 512
"""Memory that is reckoned for ordinary student code; the hard limit per part is higher."""

_TRIAL_SECONDS = 600  # Gradescope's own limit
_SCRIPTS = ("setup.sh", "run_autograder")
_NOT_IN_NAMES = re.compile(r"[^\w.-]")
_UNPINNED = {"hw11", "pip", "setuptools", "wheel"}
"""This program, which is in the zip, and packages that every new environment has."""
_LEFT_OUT = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


@dataclass(frozen=True)
class Built:
    """The zip's path, and the time and memory of the trial run on the untouched template."""

    path: Path
    seconds: float
    peak_mib: int

    @property
    def warning(self) -> str:
        """Advice to choose a larger container if ours and the student's memory exceed the default; else empty."""
        needs = self.peak_mib + STUDENT_MIB
        if not self.peak_mib or needs <= DEFAULT_MIB:
            return ""
        return (
            f"memory: grading the untouched template held {self.peak_mib} MiB here, and student code comes on top. "
            f"Gradescope's default container has {DEFAULT_MIB} MiB; choose one with {needs} MiB or more (assignment "
            "settings, container specifications), or a larger submission may end without results"
        )


def build(assignment: Assignment, out: Path, settings: GradescopeSettings, secret_file: Path | None = None) -> Built:
    """Write the zip and try it out.

    Args:
        assignment: the assignment that is graded.
        out: the folder for the zip.
        settings: the course's choices.
        secret_file: the class secret; if there is none, a new one is made and kept in the zip alone.

    Raises:
        UsageError: the secret cannot be used.
        HarnessError: the trial run failed.
    """
    secret = class_secret(out, secret_file).decode("ascii", "strict") if secret_file else secrets.token_hex(32)
    members = dict(_members(assignment, settings, secret))
    with tempfile.TemporaryDirectory(prefix="hw11-") as folder:
        tried = try_out(members, assignment, Path(folder), settings)
    if tried.answer is None:
        raise HarnessError(
            f"the autograder failed its trial run on the untouched template: {tried.said or 'no answer'}"
        )
    path = out / ZIP
    write_atomically(path, zipped(members, 0o600, _SCRIPTS))
    return Built(path, tried.seconds, tried.peak_mib)


def try_out(members: dict[str, bytes], assignment: Assignment, root: Path, settings: GradescopeSettings) -> Ended:
    """Grade the untouched template below `root` as the zip would; being ours, it needs no isolation."""
    for name, content in members.items():
        if name.startswith("assignment/") or name == SECRET_FILE:
            write_atomically(root / "source" / name, content)
    for name, text in template_files(assignment).items():
        write_atomically(root / "submission" / name, text)
    asked = order(root, settings, {"id": "trial"})
    asked["order"]["accept"] = "trusted"
    return run_watched("grader.platforms.gradescope.worker", asked, _TRIAL_SECONDS)


def assignment_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """(relative path, content) of every file of an assignment that grading needs."""
    for folder in ASSIGNMENT:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and not _LEFT_OUT.intersection(relative.parts):
                yield relative.as_posix(), path.read_bytes()


def _members(assignment: Assignment, settings: GradescopeSettings, secret: str) -> Iterator[tuple[str, bytes]]:
    templates = files("grader.platforms.gradescope") / "templates"
    for name in _SCRIPTS:
        yield name, (templates / name).read_bytes()
    yield build_wheel({})
    yield "constraints.txt", constraints().encode()
    yield SETTINGS, json.dumps(asdict(settings), indent=1).encode()
    yield SECRET_FILE, f"{secret}\n".encode()
    for name, content in assignment_files(assignment.root):
        yield f"assignment/{name}", content


def constraints() -> str:
    """A constraints file with the versions installed here, so that the platform computes what the trial computed.

    Of this program's requirements, without extras, and of theirs in turn.
    """
    versions: dict[str, str] = {}
    waiting = ["hw11"]
    for name in waiting:
        with suppress(PackageNotFoundError):  # needed on other systems
            installed = distribution(name)
            versions[name] = installed.version.partition("+")[0]
            needed = {_NOT_IN_NAMES.split(one)[0].lower() for one in installed.requires or () if "extra ==" not in one}
            waiting += needed.difference(waiting)
    return "".join(f"{name}=={versions[name]}\n" for name in sorted(versions.keys() - _UNPINNED))
