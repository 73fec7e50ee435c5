"""An author's faults are the author's: each is told where it stands, and none hides another."""

import sys

import pytest

from grader.assignment.lint import lint
from grader.assignment.load import read_assignment
from grader.errors import SpecError

PROBLEM = """\
id: f
title: Faults
symbols: {n: {is: real, aliases: ['2n', N]}}
parts:
  - id: f1
    title: A slip in its form
    prompt: '?'
    pionts: 1
  - id: f2
    title: Formulas
    prompt: '?'
    points: 2
    fields:
      raises: {kind: expr, points: 1, asks: '?', expect: 'reference.f:raises'}
      unknown: {kind: expr, points: 1, asks: '?', expect: 'reference.f:unknown', labels: ['S = 2', S_i]}
  - id: f3
    title: Code
    prompt: '?'
    points: 3
    functions: {m.f: {signature: (x), does: '?'}, m.g: {signature: (x), does: '?'}, m.h: {signature: (x), does: '?'}}
    runs:
      - {call: m.f, points: 1, inputs: {x: draws.holding_an_object()}}
      - {call: m.g, points: 1, inputs: {x: 'integers(1, 9)'}}
      - {kind: examples, call: m.h, of: [{given: [1], gives: 3}]}
      - {call: m.h, points: 1, inputs: {x: draws.a_tensor_in_a_dict()}}
      - {call: m.h, name: sure, inputs: {x: draws.asserting()}}
      - {call: m.h, name: open, inputs: {x: draws.reading()}}
"""
FILES = {
    "problems/f.yaml": PROBLEM,
    "problems/draws.py": """\
import torch

def holding_an_object(rng):
    return {"x": object()}

def asserting(rng):
    assert rng is None, "no generator"

def reading(rng):
    return open("/no/such/file").read()

def a_tensor_in_a_dict(rng):
    return {"x": torch.ones(2)}
""",
    "reference/f.py": """\
import sympy as sp

def raises():
    return {}["nothing"]

def unknown():
    return sp.Symbol("q") + 1
""",
    "reference/m.py": """\
def f(x):
    return 1

def g(x):
    return x.no_such_thing

def h(x):
    return 2
""",
}


@pytest.fixture
def told(tmp_path, judge):
    """What is said of the problem above, by line; there is no reference/__init__.py."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assignment, slips = read_assignment(tmp_path)
    with pytest.raises(SpecError) as raised:
        lint(assignment, judge, slips)
    return {one.line: str(one) for one in raised.value.diagnostics}


def test_every_fault_is_told_at_once_and_where_it_stands(told):
    line = {text.strip()[:24]: number for number, text in enumerate(PROBLEM.splitlines(), 1)}
    says = {
        line["symbols: {n: {is: real, "]: "'2n' never means n",
        line["pionts: 1"]: "did you mean 'points'?",
        line["raises: {kind: expr, poi"]: "raises KeyError: 'nothing' (f.py, line 4)",
        line["unknown: {kind: expr, po"]: "'q' is not a name",
        line["- {call: m.f, points: 1,"]: "object cannot be handed to student code",
        line["- {call: m.g, points: 1,"]: "AttributeError",
        line["- {kind: examples, call:"]: "the reference gives 2",
        line["- {call: m.h, name: sure"]: "AssertionError: no generator",
        line["- {call: m.h, name: open"]: "FileNotFoundError",
    }
    missing = {number: what for number, what in says.items() if what not in told.get(number, "")}
    assert missing == {}, told
    assert line["- {call: m.h, points: 1,"] not in told


def test_a_label_that_no_answer_can_have_is_told(told, tmp_path, judge):
    del sys.modules["reference"]  # its file is another one now
    (tmp_path / "reference" / "f.py").write_text("def raises(): return '1'\ndef unknown(): return '2'\n")
    assignment, slips = read_assignment(tmp_path)
    with pytest.raises(SpecError, match="'S = 2' can never stand before an answer"):
        lint(assignment, judge, slips)


WHEN = """\
id: w
title: When
parts:
  - id: w1
    title: Sets
    prompt: '?'
    points: 2
    fields:
      size: {kind: set, points: 1, asks: '?', expect: 'reference.f:ours', when: [WHEN]}
      base: {kind: choice, points: 1, asks: '?', options: {zero: From 0, one: From 1}, right: one}
      other: {kind: number, asks: '?', expect: 'reference.f:number'}
"""


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("{field: base, is: zero, expect: 'reference.f:ours'}", ""),
        ("{field: bass, is: zero, expect: 'reference.f:ours'}", "there is no choice 'bass' in this part"),
        ("{field: other, is: zero, expect: 'reference.f:ours'}", "there is no choice 'other' in this part"),
        ("{field: base, is: From 0, expect: 'reference.f:ours'}", "'From 0' is no option of base — allowed: zero, one"),
    ],
)
def test_an_answer_goes_by_an_option_of_a_choice(tmp_path, judge, when, says):
    for name, text in {"problems/w.yaml": WHEN.replace("WHEN", when), "reference/f.py": OURS}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assignment, slips = read_assignment(tmp_path)
    try:
        lint(assignment, judge, slips)
    except SpecError as error:
        (one,) = error.diagnostics
        assert says
        assert says in str(one)
    else:
        assert not says


OURS = "def ours(): return {1, 2}\ndef number(): return 3\n"


@pytest.mark.parametrize("name", ["problems/w.yaml", "problems/assignment.yaml", "problems/more.csv"])
def test_a_file_that_is_no_utf8_is_its_authors_to_mend(tmp_path, name):
    about = "title: Ünder\nhandout: [more.csv]\n"
    texts = {"problems/w.yaml": WHEN.replace("when: [WHEN]", ""), "problems/assignment.yaml": about}
    for file, text in {**texts, "problems/more.csv": "ä,b\n"}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(f"# ü\n{text}".encode("latin-1" if file == name else "utf-8"))
    _, slips = read_assignment(tmp_path)
    assert [str(one) for one in slips] == [f"{tmp_path / name}:1:1: not UTF-8 — byte 2 cannot be read"]
