"""Every mistake of a problem file, all at once, each where it stands."""

import textwrap

import pytest

from grader.assignment.load import load_assignment
from grader.errors import SpecError, UsageError

GOOD = """\
id: tiny
title: Tiny
symbols: {m: positive integer}
parts:
  - id: tinya
    title: A part
    prompt: Say it.
    points: 2
    fields:
      size:
        kind: expr
        points: 1
        asks: How large?
        expect: reference.tiny:size
        mistakes:
          - {answer: 2*m, says: twice too much}
      kind:
        kind: choice
        points: 1
        asks: Which?
        options: {left: Left, right: Right}
        right: left
"""
_LAST = "        right: left\n"


@pytest.fixture
def mistakes(tmp_path):
    """What is said about one problem file, as (line, column, sentence)."""

    def load(text: str) -> list[tuple[int, int, str]]:
        (tmp_path / "problems").mkdir(exist_ok=True)
        (tmp_path / "problems" / "tiny.yaml").write_text(textwrap.dedent(text))
        try:
            load_assignment(tmp_path)
        except SpecError as error:
            return [(d.line, d.column, str(d).split(": ", 1)[1]) for d in error.diagnostics]
        return []

    return load


def test_a_good_file_has_none(mistakes):
    assert mistakes(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "says"),
    [
        ("    points: 2", "    pionts: 2", 8, 5, "unknown key 'pionts' — allowed: "),
        ("    points: 2", "    pionts: 2", 8, 5, "did you mean 'points'?"),
        ("        asks: Which?", "        aks: Which?", 20, 9, "did you mean 'asks'?"),
        ("title: Tiny\n", "", 1, 1, "'title' is missing"),
        ("    points: 2", "    points: lots", 8, 5, "points: input should be a valid number"),
        ("    points: 2", "    points: 3", 8, 5, "the checks of tinya add up to 2 points, not 3"),
        ("        kind: expr", "        kind: exprs", 11, 9, "unknown kind 'exprs' — allowed: "),
        ("        kind: expr", "        kind: exprs", 11, 9, "did you mean 'expr'?"),
        ("        right: left", "        right: up", 17, 7, "`right` names 'up' — allowed: left, right"),
        ("title: Tiny\n", "title: Tiny\ntitle: Twice\n", 3, 1, "'title' is here a second time (first in line 2)"),
        ("positive integer", "positive thing", 3, 11, "'positive thing' is no kind of symbol — allowed: "),
        (
            "        points: 1\n        asks: Which?",
            "        points: 1\n        after: nope\n        asks: Which?",
            20,
            9,
            "'nope' is not an earlier check of this part — there are: ",
        ),
        ("    fields:", "    derivation: [size, shape]\n    fields:", 9, 24, "there is no field 'shape' in this part"),
        ("answer: 2*m, says: twice too much", "answer: 2*m, say: x", 16, 27, "did you mean 'says'?"),
        ("reference.tiny:size", "size", 14, 9, "expect: string should match pattern"),
        ("id: tiny\n", "id: 9 tiny\n", 1, 1, "id: string should match pattern"),
        ("    prompt: Say it.", "    prompt: [", 9, 5, ""),
        (
            _LAST,
            f"{_LAST}    runs: [{{call: m.f, sizes: {{n: 9..1}}}}]\n",
            23,
            32,
            "'9..1' holds nothing — the smaller",
        ),
        (
            _LAST,
            f"{_LAST}    runs: [{{call: m.f, sizes: {{n: few}}}}]\n",
            23,
            32,
            "'few' is no range — allowed: `1..16`",
        ),
        ("kind: expr", "kind: number\n        within: 2..1.5", 12, 9, "'2..1.5' holds nothing — the smaller"),
        ("positive integer", "vector n", 3, 11, "'vector n' is no kind of symbol — write `matrix n x 1`, or `unit"),
        ("positive integer", "real vector of 3", 3, 11, "write `matrix 3 x 1`, or `unit vector 3`"),
        ("positive integer", "row vector d", 3, 11, "write `matrix 1 x d`"),
        ("positive integer", "vector", 3, 11, "write `matrix n x 1`"),
        (
            "says: twice too much",
            "says: twice, not once",
            16,
            40,
            "unknown key 'not once' (in {…} a comma begins a new key",
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(mistakes, old, new, line, column, says):
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new, 1))
    assert any(said[0] == line and says in said[2] for said in found), found
    if says:
        assert any(said[:2] == (line, column) and says in said[2] for said in found), found


BESIDE = """\
    functions: {m.f: {signature: (x), does: '?'}, m.g: {signature: (x), does: '?'}}
    runs:
      - call: m.f
        inputs: {x: normal()}
        mistakes: [{code: 'm:x', says: one}]
      - kind: bound
        call: m.g
        at_least: 1
        inputs: {x: normal()}
        mistakes: [{code: 'm:x', says: two}]
        after: size
    checks:
      - kind: files
        name: plot
        asks: A plot
        files: [a.png]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("says: one", "says: one, too", 27, "unknown key 'too' (in {…} a comma begins a new key"),
        ("says: one", "says: one, too", 27, "— allowed: code, says"),
        ("says: two", "says: two, too", 32, "— allowed: code, says"),
        ("code: 'm:x', says: one", "says: one", 27, "'code' is missing"),
        ("call: m.f", "call: [m.f]", 25, "call: input should be a valid string"),
        ("files: [a.png]", "files: [plot]", 38, "files"),
        ("asks: A plot", "aks: A plot", 37, "did you mean 'asks'?"),
        (
            "after: size",
            "after: run.h",
            33,
            "'run.h' is not an earlier check of this part — there are: size, kind, run.f",
        ),
        ("after: size", "after: tinya.size", 33, "'tinya.size' is not an earlier check"),
        ("after: size", "after: run.g.bound", 33, "'run.g.bound' is not an earlier check"),
        ("after: size", "after: [size, files.plot]", 33, "'files.plot' is not an earlier check"),
    ],
)
def test_a_key_that_is_called_like_a_kind_hides_no_place(mistakes, old, new, line, says):
    text = GOOD + BESIDE
    assert mistakes(text) == []
    found = mistakes(text.replace(old, new, 1))
    assert any(said[0] == line and says in said[2] for said in found), found


def test_all_mistakes_of_a_file_are_told_at_once(mistakes):
    text = (
        GOOD.replace("title: Tiny", "titel: Tiny")
        .replace("kind: choice", "kind: choise")
        .replace("points: 2", "points: x")
    )
    assert {said[0] for said in mistakes(text)} >= {2, 8, 18}


def test_exponents_are_numbers_whatever_yaml_thinks(mistakes):
    text = GOOD.replace("kind: expr", "kind: number").replace(
        "        mistakes:", "        tolerance: 1e-3\n        mistakes:"
    )
    assert mistakes(text) == []


@pytest.mark.parametrize("tolerance", ["2 %", "0.02", "1e-3", "±0.005", "exact"])
def test_tolerances_that_are_understood(mistakes, tolerance):
    assert mistakes(GOOD.replace("kind: expr", f"kind: number\n        tolerance: {tolerance}")) == []


@pytest.mark.parametrize("tolerance", ["two", "2%%", "±2 %", "-1"])
def test_tolerances_that_are_not(mistakes, tolerance):
    found = mistakes(GOOD.replace("kind: expr", f"kind: number\n        tolerance: {tolerance}"))
    assert any("is no tolerance — allowed: `2 %`" in said[2] for said in found)


def test_a_folder_without_problems_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="holds no problem files"):
        load_assignment(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["1:1: the file is empty"]),
        ("id: a\ntitle: t\nparts: []\n", ["3:1: a problem needs at least one part"]),
        ("id: a\nid: b\ntitle: t\nparts: []\n", ["2:1: 'id' is here a second time", "4:1: a problem needs at least"]),
    ],
)
def test_a_file_without_parts_is_told_with_whatever_else_is_wrong(tmp_path, text, told):
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "p.yaml").write_text(text)
    with pytest.raises(SpecError) as raised:
        load_assignment(tmp_path)
    found = [str(one).partition("p.yaml:")[2] for one in raised.value.diagnostics]
    assert len(found) == len(told)
    assert all(one.startswith(says) for one, says in zip(found, told, strict=True)), found


def test_ids_are_unique_across_files(tmp_path):
    (tmp_path / "problems").mkdir()
    for name in ("one", "two"):
        (tmp_path / "problems" / f"{name}.yaml").write_text(GOOD)
    with pytest.raises(SpecError, match=r"id 'tiny' is taken by one\.yaml"):
        load_assignment(tmp_path)
