"""What the record of an attack says: what it would say without the attack, and neighbours' records are byte-equal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from runnable import bubblewrap_works

from grader.assignment.load import load_assignment
from grader.grading.grade import Grader
from grader.records import GradeRecord
from grader.sandbox import start
from grader.submission.model import Answer, Submission

SUBMISSIONS = Path(__file__).parent / "submissions"
MEMORY = (
    *("system_v_memory", "message_queues", "memory_files", "secret_memory", "dropped_pages", "dropped_pages_by_hand"),
    *("zero_device", "gifted_pages", "connections_to_oneself", "shared_mapping", "full_pipes", "full_sockets"),
    *("deleted_files", "shared_memory_of_the_library", "huge_pages", "descriptors_in_flight"),
)
ATTACKS = [
    *(SUBMISSIONS / "returned" / f"{name}.py" for name in MEMORY),
    *sorted(SUBMISSIONS.glob("returned/leave_*.py")),
    *sorted(SUBMISSIONS.glob("refused/*.py")),
]
RIGHT, WRONG = "def double(X):\n    return 2 * X\n", "def double(X):\n    return 3 * X\n"
ATTACKING = "\n\ndef double(X):\n    came = attack('/nonexistent', 1)\n    return came or 3 * X\n"
TYPED = {("tinya", "size"): "m*k", ("tinya", "bytes"): "4*m*k", ("tinyb", "entries"): "250000"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not bubblewrap_works(), reason="no executor for hostile code runs here: see hw11 doctor"),
]


@pytest.fixture(scope="module")
def grade(tmp_path_factory: pytest.TempPathFactory, tiny_files: dict[str, str], judge: Any) -> Iterator[Any]:
    root = tmp_path_factory.mktemp("assignment")
    for name, text in tiny_files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("points: 4\n", "points: 4\n    cpu_seconds: 1\n", 1))
    imported = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] == "reference"}
    executor = start("full", root / "problems" / "probes")
    grader = Grader(load_assignment(root), executor, judge, b"secret" * 4)

    def grade(code: str) -> GradeRecord:
        typed = {key: Answer(text) for key, text in TYPED.items()}
        return grader.grade(Submission(id="x", files={"tiny.py": code.encode()}, answers=typed))

    yield grade
    executor.close()
    for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
        del sys.modules[name]
    sys.modules.update(imported)


@pytest.fixture(scope="module")
def neighbour(grade: Callable[[str], GradeRecord]) -> str:
    """An honest record before any attack."""
    return timeless(grade(RIGHT))


def timeless(record: GradeRecord) -> str:
    content = json.loads(record.model_dump_json())
    for check in [check for part in content["parts"] for check in part["checks"]]:
        del check["seconds"]
    return json.dumps(content)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_attack_earns_what_the_same_work_earns_without_it(
    grade: Callable[[str], GradeRecord], neighbour: str, attack: Path
) -> None:
    without, record = grade(WRONG), grade(attack.read_text() + ATTACKING)
    assert record.score <= without.score < json.loads(neighbour)["score"]
    assert not record.has_harness_error
    assert record.awaiting_review == without.awaiting_review
    assert "canary" not in record.model_dump_json()
    assert timeless(grade(RIGHT)) == neighbour
