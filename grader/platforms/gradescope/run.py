"""What `run_autograder` starts inside Gradescope's container: one submission in, `results.json` out.

Owns the platform's folders, its metadata, the time budget and the one writing of `results.json`: by this process, after
everything that ran student code has ended, by rename. It imports nothing heavy and grades nothing itself, so that it
lives to say what went wrong. Whatever that is, the file is valid, takes no points and calls the fault ours.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from grader.platforms.watch_process import Ended, run_alone
from grader.submission.discover import safe_id

ROOT = Path("/autograder")
SETTINGS = "settings.json"
DEFAULT_SECONDS = 540
"""Below Gradescope's own 10 minutes, after which it gives 0 without a word."""

Json = dict[str, Any]


Hidden = Literal["after_published", "after_due_date", "visible"]
"""When students are told what hidden checks came to. Until then Gradescope shows them no total either."""

ACCEPT = ("user", "full")


@dataclass(frozen=True)
class GradescopeSettings:
    """What the course chose when it built the zip: `settings.json` beside `run_autograder`.

    Raises:
        ValueError: a word is none of those that are allowed.
    """

    accept: str = "user"
    hidden: str = "after_published"
    seconds: float = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        for name, allowed in (("accept", ACCEPT), ("hidden", get_args(Hidden))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{SETTINGS}: {name} is {getattr(self, name)!r} — allowed: {', '.join(allowed)}")


def main(root: Path) -> int:
    """Grade what lies below `root`; always 0, since Gradescope reads the file and not the status."""
    os.umask(0o077)
    metadata = read_json(root / "submission_metadata.json")
    try:
        settings = GradescopeSettings(**read_json(root / "source" / SETTINGS))
        ended = run_alone("grader.platforms.gradescope.worker", order(root, settings, metadata), settings.seconds)
        found = _checked(ended)
    except (OSError, TypeError, ValueError) as error:
        ended = Ended(None, f"{type(error).__name__}: {error}", 0.0, 0)
        found = None
    if found is None:
        found = fault(metadata)
    found["execution_time"] = ended.seconds
    found["extra_data"]["hw11"] |= {"seconds": ended.seconds, "peak_mib": ended.peak_mib}
    write(root / "results" / "results.json", found)
    tell(ended)
    return 0


def order(root: Path, settings: GradescopeSettings, metadata: Mapping[str, Any]) -> Json:
    """What the grading process is asked."""
    source = root / "source"
    return {
        "order": {
            "assignment": str(source / "assignment"),
            "submission": str(root / "submission"),
            "secret_file": str(source / "class.secret"),
            "accept": settings.accept,
            "id": safe_id(f"gradescope-{metadata.get('id', 'unknown')}"),
            "student": student(metadata),
            "submitted_at": moment(metadata.get("created_at")),
            "attempt": attempt(metadata),
            "deadline": moment(_object(metadata, "assignment").get("due_date")),
        },
        "hidden": settings.hidden,
    }


def student(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Who handed in; members of a group are listed one after the other."""
    users = _objects(metadata, "users")
    found = {key: "; ".join(str(user[key]) for user in users if user.get(key)) for key in ("name", "email", "id")}
    return {key: text for key, text in found.items() if text}


def attempt(metadata: Mapping[str, Any]) -> int:
    """Which of the student's submissions this is, from 1."""
    return len(_objects(metadata, "previous_submissions")) + 1


def fault(metadata: Mapping[str, Any]) -> Json:
    """The file where nothing could be graded. Gradescope demands a number: the last one that was a mark, or 0."""
    last = _last_score(metadata)
    says = [
        "This submission could not be graded: a fault of ours, not of yours. It costs no points.",
        "Your instructor sees what happened and can run it again; you need not submit again.",
        f"Gradescope demands a number and shows {last:g}, "
        + ("your last graded score." if last else "a placeholder: it is no mark."),
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
    """A time with its offset from UTC; None where the platform gave none that can be read."""
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
    """The answer's results, if they are whole."""
    found = (ended.answer or {}).get("results")
    whole = isinstance(found, dict) and isinstance(found.get("score"), int | float) and found.get("tests")
    return found if whole else None


def write(path: Path, results: Json) -> None:
    """Put the file in place at once, over whatever is there; a link is replaced, never followed."""
    path.parent.mkdir(exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".results-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(results, file, ensure_ascii=False, allow_nan=False, indent=1)
        os.fchmod(file.fileno(), 0o644)
    os.replace(temporary, path)


def tell(ended: Ended) -> None:
    """The log, which Gradescope shows to instructors alone."""
    print(f"hw11: {ended.seconds:g} s, {ended.peak_mib} MiB at the peak")
    for line in (ended.answer or {}).get("log", ()):
        print(line)
    if ended.said:
        print(f"hw11: last words of the grading process:\n{ended.said}")


def read_json(path: Path) -> Json:
    """An object from a file; nothing where it is missing or broken."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("HW11_AUTOGRADER", ROOT))))
