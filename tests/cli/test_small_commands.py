"""What small commands load: nothing that their work does not ask for, so that each takes less than a second."""

import json
import subprocess
import sys

import pytest
from review.test_same_numbers import IN_TIME, record

from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook

HEAVY = {"numpy", "torch", "sympy", "mpmath", "pandas", "scipy", "matplotlib", "starlette", "uvicorn", "rich"}
WORDS = {"jinja2", "markdown_it", "latex2mathml", "mdit_py_plugins"}
MATHEMATICS = {"grader.maths.reading.parser", "grader.maths.comparing.evaluator", "grader.maths.judge_process"}
PROGRAM = """
import json, sys
from grader.cli import main
for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as done:
        code = done.code
    print("\\nLOADED", code, *sorted(sys.modules))
"""


@pytest.fixture
def out(tiny, tmp_path):
    """The folder of a graded class of two."""
    assignment, folder = load_assignment(tiny), tmp_path / "graded"
    with Gradebook(folder) as gradebook:
        for name in ("ada", "bob"):
            gradebook.append(record(assignment, name, {"name": name.title()}, IN_TIME), "made")
    return folder


def loaded(root, *commands):
    """The exit code of each command and what is loaded after it, in one process."""
    words = [[*map(str, command), "--assignment", str(root)] for command in commands]
    command = [sys.executable, "-c", PROGRAM, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    assert len(lines) == len(commands), done.stderr
    return [(int(code), set(modules)) for _, code, *modules in lines]


def test_what_prints_no_page_loads_neither_templates_nor_mathematics(tiny, out, tmp_path):
    table = tmp_path / "review.csv"
    before, *results = loaded(
        tiny,
        ["--help"],
        ["explain", out, "ada"],
        ["explain", out, "Bob", "tinya.why"],
        ["export", out, "--to", "csv", "--out", tmp_path / "csv"],
        ["export", out, "--to", "otter", "--out", tmp_path / "otter.csv"],
        ["export", out, "--to", "review-csv", "--out", table],
        ["import", out, table],
        ["release", out, "--before"],
        ["forget", out, "nobody"],
    )
    assert not {"sqlalchemy", "pydantic", "yaml"} & before[1]
    for code, modules in results:
        assert code in (0, 1, 2)
        assert not modules & (HEAVY | WORDS | MATHEMATICS)
    assert [code for code, _ in results[:6]] == [0] * 6
    assert "sqlalchemy" in results[0][1], "the commands did run"


def test_the_list_of_formats_asks_for_no_class(tiny):
    ((code, modules),) = loaded(tiny, ["export", "--to", "list"])
    assert code == 0
    assert not modules & (HEAVY | WORDS | MATHEMATICS | {"grader.checks.formula"})


@pytest.mark.parametrize("words", [["report", "--student", "ada"], ["similar"]], ids=["report", "similar"])
def test_pages_load_no_numbers(tiny, out, words):
    ((code, modules),) = loaded(tiny, [words[0], out, *words[1:]])
    assert code == 0
    assert not modules & (HEAVY | {"grader.maths.judge_process"})
