"""The real otter-grader: `otter assign` on our source notebook, its checks in a notebook, and `otter run`."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.assignment.load import load_assignment
from grader.authoring.kit.public_problems import public_files
from grader.platforms.otter.files import write

OTTER = Path(sys.executable).parent / "otter"
RIGHT = {
    "tinya": "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}",
    "tinyb": "tinyb: {entries: 250000, seconds: 2.5 s}",
    "double": "def double(X):\n    return 2 * X",
}
WRONG = {
    "tinya": "tinya: {size: m + k, bytes: m, shape: tall, why: ''}",
    "tinyb": "tinyb: {entries: 1, seconds: 7 s}",
    "double": "def double(X):\n    return X[:1]",
}
CHEAT = """\
import importlib
importlib.import_module("grader.platforms.otter.check").check = lambda name: None"""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Assigned:
    """What `otter assign` made of our source notebook."""

    dist: Path
    public: Mapping[str, bytes]
    file: str
    """The notebook's name, which is the assignment's."""

    @property
    def autograder(self) -> Path:
        (found,) = (self.dist / "autograder").glob("*.zip")
        return found

    def notebook(self, work: Mapping[str, str], *more: str) -> Any:
        """The students' notebook, filled in; `more` are cells of their own at the top."""
        notebook = nbformat.read(self.dist / "student" / self.file, as_version=4)
        for cell in notebook.cells:
            part = re.match(r'answers = r"""\n(?:#.*\n)*(\w+):', cell.source)
            if part and part[1] in work:
                cell.source = f'answers = r"""\n{work[part[1]]}\n"""'
            elif cell.source.startswith("def double"):
                cell.source = work["double"]
        notebook.cells[1:1] = [nbformat.v4.new_code_cell(source) for source in more]
        return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, tiny_files: dict[str, str]) -> Assigned:
    root, out = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("otter")
    for name, text in tiny_files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    assignment = load_assignment(root)
    for path in write(assignment, out, None, "full" if Path("/usr/bin/bwrap").exists() else "trusted", 1500):
        assert path.exists()
    otter("assign", out / "source" / assignment.notebook, out / "dist")
    return Assigned(out / "dist", public_files(assignment), assignment.notebook)


def otter(*arguments: object, cwd: Path | None = None) -> str:
    done = subprocess.run([OTTER, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def plain(course: Assigned, folder: Path) -> Path:
    """The same autograder without the plugin, and with what its tests need in a kernel."""
    path = folder / "plain.zip"
    with zipfile.ZipFile(course.autograder) as ours, zipfile.ZipFile(path, "w") as theirs:
        for name in ours.namelist():
            theirs.writestr(name, b'{"lang": "python"}' if name == "otter_config.json" else ours.read(name))
        for name, content in course.public.items():
            theirs.writestr(f"files/{name}", content)
    return path


def run(autograder: Path, notebook: Any, folder: Path, **files: bytes) -> tuple[dict[str, float], Any]:
    """Scores by question, and the whole of `results.json`."""
    submission, out = folder / "submission.zip", folder / "out"
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(submission, "w") as archive:
        archive.writestr("hw11.ipynb", nbformat.writes(notebook))
        for name, content in files.items():
            archive.writestr({"log": ".OTTER_LOG", "shadow": "pickle.py"}[name], content)
    otter("run", submission, "-a", autograder, "-o", out, "--no-logo")
    found = json.loads((out / "results.json").read_text())
    return {test["name"]: test["score"] for test in found["tests"] if "score" in test}, found


def test_students_and_autograder_get_their_sides(course: Assigned) -> None:
    student = course.dist / "student"
    assert {path.name for path in (student / "tests").iterdir()} == {"tinya.py", "tinyb.py"}
    assert list(student.glob("hw11-*.whl"))
    assert not (student / "hw11").exists()
    text = (student / course.file).read_text()
    assert 'grader.check(\\"tinya\\")' in text
    assert "m*k" not in text
    with zipfile.ZipFile(course.autograder) as archive:
        names = set(archive.namelist())
    assert {"files/hw11/class.secret", "files/hw11/assignment/reference/tiny.py", "tests/tinya.py"} <= names


def test_check_cells_show_our_feedback_in_the_students_notebook(course: Assigned, tmp_path: Path) -> None:
    from nbclient import NotebookClient

    lay_out(course.public, tmp_path)
    lay_out(
        {f"tests/{path.name}": path.read_bytes() for path in (course.dist / "student" / "tests").iterdir()}, tmp_path
    )
    notebook = course.notebook({**RIGHT, "tinyb": "tinyb: {entries: 12 +, seconds: }"})
    notebook.cells = [cell for cell in notebook.cells if "grader.export" not in cell.source]
    nbformat.write(notebook, tmp_path / course.file)
    patience = {"timeout": 1200, "startup_timeout": 1200}
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, **patience).execute()
    shown = {
        cell.source: " ".join(
            output.get("text", "") + output.get("data", {}).get("text/html", "") for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    passed, failed = shown['grader.check("tinya")'], shown['grader.check("tinyb")']
    assert "tinya  Sizes" in passed
    assert "passed!" in passed
    assert "Not readable" in failed
    assert "NotYet" in failed
    assert "Traceback" not in passed + failed


def test_a_perfect_notebook_earns_every_automatic_point_beside_a_module_named_like_a_library(
    course: Assigned, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    shadow = f"open({str(canary)!r}, 'w').write('sang')\n".encode()
    scores, found = run(course.autograder, course.notebook(RIGHT), tmp_path, shadow=shadow)
    assert not canary.exists(), "it was imported"
    assert scores == {"tinya": 3.5, "tinyb": 2.0}
    assert "0.5 points not graded yet" in found["output"]


class Canary:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.path, "sang")


def test_plain_otter_is_fooled_by_a_cheat_and_runs_what_a_log_holds(course: Assigned, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    log = pickle.dumps(Canary(canary))
    fooled, found = run(plain(course, tmp_path), course.notebook(WRONG, CHEAT), tmp_path, log=log)
    assert all(test["score"] == test["max_score"] for test in found["tests"] if "score" in test)
    assert sum(fooled.values()) > 0
    assert canary.exists()


def test_with_the_plugin_the_same_cheat_gains_nothing_and_its_log_is_never_loaded(
    course: Assigned, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    log = pickle.dumps(Canary(canary))
    honest, _ = run(course.autograder, course.notebook(WRONG), tmp_path)
    cheated, _ = run(course.autograder, course.notebook(WRONG, CHEAT), tmp_path, log=log)
    assert not canary.exists()
    assert cheated == honest
    assert sum(cheated.values()) < 1
