"""A run without inputs takes those of the first run of the same function, in the engine and in what students get."""

from __future__ import annotations

import pytest

from grader.assignment.load import load_assignment
from grader.assignment.spec import with_inputs
from grader.authoring.kit.public_problems import public_files
from grader.files.yaml_source import read_yaml

FIRST = {"call": "a.f", "let": {"c": "1"}, "sizes": {"n": "1..4"}, "inputs": {"x": "normal(n)"}}
DRAWN = {key: FIRST[key] for key in ("let", "sizes", "inputs")}


@pytest.mark.parametrize(
    ("run", "drawn"),
    [
        ({"call": "a.f"}, DRAWN),
        ({"call": "a.f", "sizes": {"n": "9"}}, {**DRAWN, "sizes": {"n": "9"}}),
        ({"call": "a.f", "inputs": {"x": "1"}}, {"inputs": {"x": "1"}}),
        ({"call": "a.f", "inputs": {}}, {"inputs": {}}),
        ({"call": "a.f", "kind": "bound"}, DRAWN),
        ({"call": "a.f", "kind": "examples", "of": []}, {}),
        ({"call": "a.g"}, {}),
        ({"observe": "a:b"}, {}),
        ({"call": "a.f", "kind": "no such"}, {}),
        ({"call": ["a.f"]}, {}),
        ({"call": "a.f", "kind": {}}, {}),
    ],
)
def test_what_a_second_run_draws(run, drawn):
    _, second = with_inputs([FIRST, run])
    assert {key: second[key] for key in second if key in DRAWN} == drawn


def test_the_first_run_of_a_function_counts_and_what_was_written_stays():
    other = {"call": "a.f", "inputs": {"x": "zeros(3)"}}
    written = [FIRST, other, {"call": "a.f"}]
    assert with_inputs(written)[2] == {"call": "a.f", **DRAWN}
    assert written[2] == {"call": "a.f"}


@pytest.mark.parametrize("nonsense", ["text", None, [1], {"a": 1}])
def test_what_are_no_runs_is_told_where_it_is_read(nonsense):
    assert with_inputs(nonsense) == nonsense


def test_students_get_what_they_would_if_it_were_written_twice(tiny):
    file = tiny / "problems" / "tiny.yaml"
    twice = shown(tiny)
    head, drawn, rest = file.read_text().rpartition(
        "        holds: tiny:same_shape\n        sizes: {m: 1..4, k: 1..4}\n        inputs: {X: 'normal(m, k)'}\n"
    )
    assert drawn
    file.write_text(f"{head}        holds: tiny:same_shape\n{rest}")
    assert shown(tiny) == twice


def shown(root):
    """The problem as students have it."""
    return read_yaml(public_files(load_assignment(root))["problems/tiny.yaml"].decode()).data
