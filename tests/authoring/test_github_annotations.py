"""What is wrong with an assignment, beside its line on the pages of a workflow."""

import re
from pathlib import Path

import click
import pytest
import yaml
from command_line import hw11

from grader.assignment.load import load_assignment
from grader.authoring.github_annotations import as_annotations, diagnose, wanted
from grader.authoring.trial import Trial
from grader.cli import main
from grader.errors import Diagnostic

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (("p.yaml", 6, 5, "unknown key 'titel'"), "::error file=p.yaml,line=6,col=5::unknown key 'titel'"),
        (
            ("p.yaml", 1, 2, "wrong", "allowed: a, b", "a"),
            "::error file=p.yaml,line=1,col=2::wrong — allowed: a, b — did you mean 'a'?",
        ),
        (("p.yaml", 1, 2, "100 %\nor\rmore"), "::error file=p.yaml,line=1,col=2::100 %25%0Aor%0Dmore"),
        (("a,b:c.yaml", 1, 2, "x"), "::error file=a%2Cb%3Ac.yaml,line=1,col=2::x"),
    ],
)
def test_a_diagnostic_becomes_one_line_that_cannot_be_broken(tmp_path, monkeypatch, found, line):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    file, *rest = found
    assert list(as_annotations([Diagnostic(tmp_path / file, *rest)])) == [line]


def test_a_file_elsewhere_keeps_its_whole_name(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "inner"))
    (line,) = as_annotations([Diagnostic(tmp_path / "p.yaml", 1, 1, "x")], "warning")
    assert line == f"::warning file={tmp_path}/p.yaml,line=1,col=1::x"


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("tinya.size", "size:"),
        ("tinya.size: m + k", "{answer: m + k"),
        ("tinya.shape: tall", "tall:"),
        ("tinya.run.double: tiny:square", "{code: 'tiny:square'"),
        ("tinya.run.double.shape", "call: tiny.double\n        property: shape"),
        ("tinyb.seconds: 1/0", "seconds:"),
        ("tiny.double: 0123abcd line 6: return 2 * X → return 3 * X", "tiny.double:"),
    ],
)
def test_a_trial_stands_where_its_mistake_or_its_check_does(tiny, name, stands):
    found = diagnose(load_assignment(tiny), Trial("mistake", "tiny", name, "not caught"))
    text = (tiny / "problems" / "tiny.yaml").read_text()
    assert found.file.name == "tiny.yaml"
    assert "\n".join(text.split("\n")[found.line - 1 :])[found.column - 1 :].startswith(stands)
    assert found.what == f"{name}: not caught"


def test_what_an_option_says_in_vain_stands_at_the_option(tiny):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(
        problem.read_text().replace("right: wide\n", "right: wide\n        tries: reference.tiny:holds\n")
    )
    reference = tiny / "reference" / "tiny.py"
    reference.write_text(f"{reference.read_text()}\n\ndef holds(option, draw):\n    return False\n")
    found = diagnose(load_assignment(tiny), Trial("option", "tiny", "tinya.shape: wide", "holds of 0"))
    assert problem.read_text().split("\n")[found.line - 1].strip() == "wide: Wide"


def test_a_trial_of_a_file_stands_there(tiny):
    (tiny / "student_template").mkdir()
    (tiny / "student_template" / "tiny.py").write_text("x")
    found = diagnose(load_assignment(tiny), Trial("template", "", "student_template/tiny.py", "differs"))
    assert (found.file, found.line) == (tiny / "student_template" / "tiny.py", 1)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("", False), (None, False)])
def test_only_a_workflow_wants_them(monkeypatch, value, expected):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    if value is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert wanted() is expected


def test_a_broken_problem_file_is_annotated(tiny, monkeypatch):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("title: Sizes", "titel: Sizes"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tiny))
    done = hw11("validate", "--assignment", tiny)
    assert done.exit_code == 2
    assert "::error file=problems/tiny.yaml,line=6,col=5::unknown key 'titel'" in done.output
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in hw11("validate", "--assignment", tiny).output


@pytest.mark.slow
def test_a_mistake_that_gets_through_is_annotated_and_a_case_of_junit(tiny, tmp_path, monkeypatch):
    (tiny / "reference" / "mistakes" / "tiny.py").write_text("def square(X):\n    return 2 * X\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tiny))
    done = hw11("validate", "--quick", "--jobs", 1, "--assignment", tiny, "--junit", tmp_path / "j.xml")
    assert done.exit_code == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("::error") and "tiny:square" in line]
    assert re.match(r"::error file=problems/tiny\.yaml,line=\d+,col=\d+::tinya\.run\.double: tiny:square: ", line)
    written = (tmp_path / "j.xml").read_text()
    assert 'classname="tiny.code mistake" name="tinya.run.double: tiny:square"' in written
    assert 'classname="tiny.reference" name="tinya.size"' in written


def test_the_hook_and_the_workflow_start_the_command():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split()[1] in main.list_commands(click.Context(main))
    assert re.search(hook["files"], "course/problems/q1.yaml")
    assert not re.search(hook["files"], "slides/week1.tex")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "validate.yml").read_text())
    runs = [step["run"] for step in workflow["jobs"]["validate"]["steps"] if "run" in step]
    assert any(run.startswith("hw11 validate --assignment") for run in runs)
    assert not any("${{" in run for run in runs), "an input that is pasted into a shell line can run anything"
