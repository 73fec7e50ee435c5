"""The shape of the house: imports run one way, and the engine knows no homework."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(file for folder in ("grader", "reports") for file in (ROOT / folder).rglob("*.py"))

FLOORS = [
    {"grader.runner", "grader.records", "grader.errors", "grader.cache", "grader.grouping"},
    {"grader.maths", "grader.files", "grader.seeding"},
    {"grader.sandbox", "grader.submission"},
    {"grader.checks", "grader.gradebook", "grader.web"},
    {"grader.assignment"},
    {"grader.grading", "reports"},
    {"grader.results", "grader.authoring", "grader.notebook"},
    {"grader.review", "grader.exports", "grader.platforms", "grader.similarity", "grader.edit"},
    {"grader.cli"},
    {"grader.__main__"},
]
"""Every room, from the ground up. A room imports from floors below its own, and from no other room of its own floor."""

FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}

LOOSE = {"__init__", "__main__", "notebook", "errors", "records", "seeding", "cache", "grouping"}
"""The modules that stand directly in `grader/`."""

HOMEWORK_WORDS = re.compile(
    r"\blora\b|chinchilla|soft.?prompt|induction|\bprun(e|ing)|fermi|tinyml|circuits|xavier|\bq[1-7][a-l]\b",
    re.IGNORECASE,
)


def room_of(module: str) -> str:
    """The room a module stands in; empty for none."""
    return next((room for room in FLOOR_OF if module == room or module.startswith(f"{room}.")), "")


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
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
    return {name for name in found if name.partition(".")[0] in ("grader", "reports", "reference")}


def test_every_room_stands_on_one_floor():
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)
    assert {room_of(module_name(file)) or module_name(file) for file in FILES} == {*FLOOR_OF, "grader"}


def test_few_modules_stand_loose():
    assert {file.stem for file in (ROOT / "grader").glob("*.py")} == LOOSE


def test_imports_run_one_way():
    """Each arrow that points up or sideways is listed, with its file."""
    files = {module_name(file): file for file in FILES}
    assert imports(files.pop("grader")) == set()
    wrong = []
    for module, file in files.items():
        room = room_of(module)
        others = {other for name in imports(file) if (other := room_of(name)) and other != room}
        wrong += [f"{module} -> {other}" for other in sorted(others) if FLOOR_OF[other] >= FLOOR_OF[room]]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    """Within rooms too, and in the experiments of the reference."""
    files = [*FILES, *sorted((ROOT / "reference").rglob("*.py"))]
    known = {module_name(file) for file in files}
    graph = {module_name(file): {_module(name, known) for name in imports(file)} - {""} for file in files}
    TopologicalSorter(graph).prepare()  # a circle raises, and is named


def test_mathematics_knows_nothing_but_itself():
    files = [file for file in FILES if "maths" in file.relative_to(ROOT).parts]
    rooms = {module_name(file): {room_of(name) for name in imports(file)} for file in files}
    assert {module: known - {"grader.maths", "grader.errors", "grader.cache"} for module, known in rooms.items()} == {
        module: set() for module in rooms
    }


def _module(name: str, known: set[str]) -> str:
    """The module behind an imported name: itself, or the module that it is taken from."""
    return name if name in known else name.rpartition(".")[0] if name.rpartition(".")[0] in known else ""


def test_the_engine_knows_no_homework():
    files = [*FILES, *(file for ending in ("j2", "html") for file in sorted((ROOT / "reports").rglob(f"*.{ending}")))]
    words = {str(file.relative_to(ROOT)): HOMEWORK_WORDS.findall(file.read_text(encoding="utf-8")) for file in files}
    assert {name: found for name, found in words.items() if found} == {}


def test_student_text_never_reaches_an_evaluator():
    """No eval, exec, sympify, pickle or torch.load anywhere in the engine."""
    forbidden = re.compile(r"\b(eval|exec|sympify|parse_expr|pickle|dill|torch\.load)\s*\(")
    inside = {"grader/runner"}  # student code is imported there: that is what the wall is for
    offenders = [
        str(file.relative_to(ROOT))
        for file in FILES
        if not any(str(file.relative_to(ROOT)).startswith(folder) for folder in inside)
        and forbidden.search(file.read_text(encoding="utf-8"))
    ]
    assert offenders == []
