"""What `hw11 check` loads: nothing that a student waits for without need."""

import subprocess
import sys

import pytest

from grader.assignment.load import load_assignment
from grader.authoring.kit import template_files

NEVER = {"otter", "pandas", "matplotlib", "sqlalchemy", "IPython", "nbformat", "nbclient", "starlette", "distributed"}
PROGRAM = """
import sys
from grader.cli import main
seen = {}
say = sys.stdout.write
class Watched:
    def write(self, text):
        seen.setdefault("first", set(sys.modules))
        return say(text)
    def flush(self):
        pass
sys.stdout = Watched()
try:
    main(["check", *sys.argv[1:]])
except SystemExit:
    pass
roots = lambda names: " ".join(sorted({name.partition(".")[0] for name in names}))
say("\\nFIRST " + roots(seen["first"]) + "\\nLAST " + roots(sys.modules) + "\\n")
"""


@pytest.fixture(scope="module")
def submission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ada")
    (folder / "answers.yaml").write_text("tinya: {size: m*k, bytes: 4*m*k}\n")
    (folder / "tiny.py").write_text("def double(X):\n    return 2 * X\n")
    return folder


@pytest.mark.slow
def test_check_loads_nothing_heavy_before_its_first_line_and_no_stranger_at_all(tiny, submission):
    command = [sys.executable, "-c", PROGRAM, str(submission), "--assignment", str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("FIRST ", "LAST ")))
    first, last = set(told["FIRST"].split()), set(told["LAST"].split())
    assert not first & (NEVER | {"torch", "sympy", "numpy", "pydantic", "jinja2"}), done.stderr
    assert not last & NEVER
    assert "torch" in last, "the check that follows the first line did run"


def test_an_untouched_kit_loads_nothing_that_it_does_not_need(tiny, tmp_path):
    """A student's first command: under two seconds on a machine of their own."""
    needless = NEVER | {"torch", "sympy", "mpmath", "asyncio", "markdown_it", "latex2mathml", "jinja2"}
    work = tmp_path / "ada"
    work.mkdir()
    for name, text in template_files(load_assignment(tiny)).items():
        (work / name).write_text(text)
    command = [sys.executable, "-c", PROGRAM, str(work), "--assignment", str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    (last,) = [set(line.split()) for line in done.stdout.splitlines() if line.startswith("LAST ")]
    assert not last & needless, done.stderr
