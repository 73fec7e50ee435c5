"""The program that `run_autograder` starts in Gradescope's container: one submission in, `results.json` out.

Owns the platform's folders, its metadata, the time budget, and writing `results.json`: once, by this process, by
rename, after everything that ran student code has ended. It imports nothing heavy and leaves grading to `worker`, so
that it survives and can report what went wrong. After any fault the file is valid, costs no points and says that the
fault is ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from grader.files.atomic import write_atomically
from grader.platforms.watch_process import Ended, run_watched
from grader.submission.ids import safe_id

ROOT = Path("/autograder")
SETTINGS = "settings.json"
DEFAULT_SECONDS = 540
"""Below Gradescope's own 10 minutes, after which it gives 0 without a message."""

Json = dict[str, Any]


Hidden = Literal["after_published", "after_due_date", "visible"]
"""When students see the outcomes of hidden checks. Until then Gradescope shows them no total either."""

ACCEPT = ("user", "full")


@dataclass(frozen=True)
class GradescopeSettings:
    """The course's choices when it built the zip: `settings.json` beside `run_autograder`.

    Raises:
        ValueError: a value is not allowed.
    """

    accept: str = "user"
    hidden: str = "after_published"
    seconds: float = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        for name, allowed in (("accept", ACCEPT), ("hidden", get_args(Hidden))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{SETTINGS}: {name} is {getattr(self, name)!r} — allowed: {', '.join(allowed)}")


def main(root: Path) -> int:
    """Grade the submission below `root`; returns 0 in any case, since Gradescope reads the file, not the status."""
    os.umask(0o077)
    metadata = read_json(root / "submission_metadata.json")
    try:
        settings = GradescopeSettings(**read_json(root / "source" / SETTINGS))
        ended = run_watched("grader.platforms.gradescope.worker", order(root, settings, metadata), settings.seconds)
        results = _checked(ended)
    except (OSError, TypeError, ValueError) as error:
        ended = Ended(None, f"{type(error).__name__}: {error}", 0.0, 0)
        results = None
    if results is None:
        results = fault(metadata)
    results["execution_time"] = ended.seconds
    results["extra_data"]["hw11"] |= {"seconds": ended.seconds, "peak_mib": ended.peak_mib}
    write(root / "results" / "results.json", results)
    print_log(ended)
    return 0


def order(root: Path, settings: GradescopeSettings, metadata: Mapping[str, Any]) -> Json:
    """The input of the grading process."""
    source = root / "source"
    return {
        "order": {
            "assignment": str(source / "assignment"),
            "submission": str(root / "submission"),
            "secret_file": str(source / "class.secret"),
            "accept": settings.accept,
            "deadline": moment(_object(metadata, "assignment").get("due_date")),
            **about(metadata, f"gradescope-{metadata.get('id', 'unknown')}"),
        },
        "hidden": settings.hidden,
    }


def about(metadata: Mapping[str, Any], name: str) -> Json:
    """The part of an order that says whose submission it is, from when, and which of the student's.

    Names, e-mail addresses and ids of a group's members are joined by semicolons.
    """
    users = _objects(metadata, "users")
    student = {key: "; ".join(str(user[key]) for user in users if user.get(key)) for key in ("name", "email", "id")}
    return {
        "id": safe_id(name),
        "student": {key: text for key, text in student.items() if text},
        "submitted_at": moment(metadata.get("created_at")),
        "attempt": len(_objects(metadata, "previous_submissions")) + 1,
    }


def fault(metadata: Mapping[str, Any]) -> Json:
    """The results if grading failed. Gradescope requires a number: the last graded score, or 0."""
    last = _last_score(metadata)
    says = [
        "This submission could not be graded: a fault of ours, not of yours. It costs no points.",
        "Your instructor sees what happened and can run it again; you need not submit again.",
        f"Gradescope demands a number and shows {last:g}, "
        + ("your last graded score." if last else "a placeholder, not a mark."),
    ]
    test = {"name": "Not graded yet: a fault of ours", "output": "\n".join(says), "visibility": "visible"}
    return {
        "score": last,
        "output": says[0],
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [{**test, "output_format": "text"}],
        "extra_data": {"hw11": {"graded": False}},
    }


def _last_score(metadata: Mapping[str, Any]) -> float:
    for earlier in reversed(_objects(metadata, "previous_submissions")):
        results = _object(earlier, "results")
        score = results.get("score")
        graded = _object(_object(results, "extra_data"), "hw11").get("graded")
        if graded and isinstance(score, int | float):
            return float(score)
    return 0.0


def moment(value: object) -> str | None:
    """A time with an offset from UTC; None if the platform's value is none."""
    try:
        return value if isinstance(value, str) and datetime.fromisoformat(value).tzinfo else None
    except ValueError:
        return None


def _object(value: Mapping[str, Any], key: str) -> Json:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _objects(value: Mapping[str, Any], key: str) -> list[Json]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _checked(ended: Ended) -> Json | None:
    """The results in the grading process's answer; None if they are incomplete."""
    found = (ended.answer or {}).get("results")
    whole = isinstance(found, dict) and isinstance(found.get("score"), int | float) and found.get("tests")
    return found if whole else None


def write(path: Path, results: Json) -> None:
    """Write the file by rename, over whatever is there; a symbolic link is replaced, not followed."""
    write_atomically(path, json.dumps(results, ensure_ascii=False, allow_nan=False, indent=1), 0o644)


def print_log(ended: Ended) -> None:
    """Print the log, which Gradescope shows to instructors alone."""
    print(f"hw11: {ended.seconds:g} s, {ended.peak_mib} MiB at the peak")
    for line in (ended.answer or {}).get("log", ()):
        print(line)
    if ended.said:
        print(f"hw11: last messages of the grading process:\n{ended.said}")


def read_json(path: Path) -> Json:
    """The JSON object in a file; empty if the file is missing or broken."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("HW11_AUTOGRADER", ROOT))))
