"""The shape of the house: imports run one way, and the engine knows no homework."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(file for folder in ("grader", "reports") for file in (ROOT / folder).rglob("*.py"))

FLOORS = [
    {
        "grader.records",
        "grader.errors",
        "grader.seeding",
        "grader.files.yaml_source",
        "grader.files.author_code",
        "grader.files.author_sources",
    },
    {"grader.maths", "grader.runner", "grader.runner.values", "grader.authoring.noise"},
    {"grader.submission", "grader.maths.judge_process", "grader.maths.jsonl", "grader.sandbox"},
    {"grader.checks", "grader.gradebook"},
    {"grader.assignment"},
    {"grader.grading.score", "grader.results.lateness", "grader.results.roster", "reports", "grader.authoring.kit"},
    {
        "grader.grading.grade",
        "grader.results.effective",
        "grader.results.release",
        "grader.results.regrade_requests",
        "grader.grading.progress",
    },
    {"grader.grading.workers"},
    {"grader.grading.fingerprint", "grader.grading.incremental", "grader.grading.dask_workers"},
    {
        "grader.grading.preview",
        "grader.results.publish",
        "grader.review",
        "grader.exports",
        "grader.platforms.watch_process",
        "grader.platforms.gradescope.run",
        "grader.platforms.gradescope.results",
        "grader.platforms.grade_one",
        "grader.grading.batch",
        "grader.results.compare_runs",
        "grader.authoring.validate",
        "grader.sandbox.doctor",
    },
    {"grader.authoring.github_annotations"},
    {"grader.commands", "grader.cli", "grader.__main__", "grader.notebook", "grader.platforms"},
]
"""Every room, from the ground up. A room imports from its own floor and from those below."""

HOMEWORK_WORDS = re.compile(
    r"\blora\b|chinchilla|soft.?prompt|induction|\bprun(e|ing)|fermi|tinyml|circuits|xavier|\bq[1-7][a-l]\b",
    re.IGNORECASE,
)


def room_of(module: str) -> str:
    """The room a module stands in: the longest name of the plan that it begins with."""
    rooms = [room for floor in FLOORS for room in floor if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default="")


def floor_of(room: str) -> int:
    return next(i for i, floor in enumerate(FLOORS) if room in floor)


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> set[str]:
    """Modules of the house that a file imports, at its top or inside a function, types alone aside."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.partition(".")[0] in ("grader", "reports")}


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_imports_run_one_way(file):
    room = room_of(module_name(file))
    if module_name(file) == "grader":
        assert imports(file) == set()
        return
    assert room, f"{file} stands in no room of the plan"
    upward = {name for name in imports(file) if (other := room_of(name)) and floor_of(other) > floor_of(room)}
    assert not upward


@pytest.mark.parametrize("file", [f for f in FILES if "maths" in f.parts], ids=module_name)
def test_mathematics_knows_nothing_but_itself(file):
    assert {room_of(name) for name in imports(file)} <= {"grader.maths"}


@pytest.mark.parametrize(
    "file",
    [*FILES, *sorted((ROOT / "reports").rglob("*.j2")), *sorted((ROOT / "reports").rglob("*.html"))],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_the_engine_knows_no_homework(file):
    assert HOMEWORK_WORDS.findall(file.read_text(encoding="utf-8")) == []


def test_student_text_never_reaches_an_evaluator():
    """No eval, exec, sympify, pickle or torch.load anywhere in the engine."""
    forbidden = re.compile(r"\b(eval|exec|sympify|parse_expr|pickle|dill|torch\.load)\s*\(")
    inside = {"grader/inside"}  # student code is imported there: that is what the wall is for
    offenders = [
        str(file.relative_to(ROOT))
        for file in FILES
        if not any(str(file.relative_to(ROOT)).startswith(folder) for folder in inside)
        and forbidden.search(file.read_text(encoding="utf-8"))
    ]
    assert offenders == []
