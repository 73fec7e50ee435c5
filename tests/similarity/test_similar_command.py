"""`hw11 similar`: what two of a graded class share, on a page that staff alone reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.gradebook import Gradebook
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.submission.model import SubmissionSource

RARE = """
def double(X):
    rows, columns = X.shape
    held = [[0.0 for _ in range(columns)] for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            held[i][j] = X[i][j] + X[i][j]
    return torch.tensor(held, dtype=X.dtype)
"""
RENAMED = (
    RARE.replace("held", "q")
    .replace("rows", "n")
    .replace("columns", "width")
    .replace("    for j", "    # all\n        for j")
)
OTHERS = (
    "def double(X):\n    return X * {0} / {0} + sum([X * {1} for _ in range({0})]) - {1} * X * {0} + X ** {1} * 0\n"
)
WORDS = "Since every <b>row</b> has as many cells as there are columns, one multiplies the two counts of them."


def record(name: str, answers: Mapping[str, tuple[str, Verdict]]) -> GradeRecord:
    checks = []
    for field, (text, verdict) in answers.items():
        words = field == "why"
        facts = {"kind": "text" if words else "expr", "reading": None if words else text, "answer": text}
        score = 0.0 if verdict.decided else None
        check = CheckRecord(
            id=f"tinya.{field}", verdict=verdict, score=score, max_score=1, visibility="hidden", **facts
        )
        checks.append(check)
    part = PartRecord(id="tinya", score=0, max_score=4, checks=tuple(checks))
    return GradeRecord(
        submission=name, files_sha256=name, problems_sha256="p", versions={}, isolation="none", score=0, max_score=4,
        awaiting_review=0, parts=(part,),
    )  # fmt: skip


@pytest.fixture
def similar(tiny: Path, tmp_path: Path) -> Callable[..., Result]:
    """The command on a class of ten, of which three pairs share something."""

    def add(folder: Path, gradebook: Gradebook, name: str, code: str, answers: Mapping[str, Any]) -> None:
        place = folder / "in" / name
        place.mkdir(parents=True)
        (place / "tiny.py").write_text(code, encoding="utf-8")
        gradebook.append(record(name, answers), "mark")
        gradebook.gradings.add(SubmissionSource(name, place), 1.0, {})

    wrong, right = Verdict.WRONG, Verdict.CORRECT
    out = tmp_path / "out"
    with Gradebook(out) as gradebook:
        for i in range(4):
            add(tmp_path, gradebook, f"own{i}", OTHERS.format(i + 5, i + 31), {"size": (f"{i + 7}*m", wrong)})
        add(tmp_path, gradebook, "ada", RARE, {"size": ("m*k", right)})
        add(tmp_path, gradebook, "bob", RENAMED, {"size": ("k*m", right)})
        add(tmp_path, gradebook, "cyd", "", {"size": ("(m+1)^2", wrong), "bytes": ("9*m+k^3", wrong)})
        add(tmp_path, gradebook, "dan", "", {"size": ("1 + m^2 + 2*m", wrong), "bytes": ("k^3 + 9 m", wrong)})
        add(tmp_path, gradebook, "eve", "", {"why": (WORDS, Verdict.NEEDS_REVIEW)})
        add(tmp_path, gradebook, "fay", "", {"why": (f"Well. {WORDS.replace(',', '').lower()}", Verdict.NEEDS_REVIEW)})

    def run(*options: object) -> Result:
        words = ["similar", out, "--assignment", tiny, *options]
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    return run


def lines(done: Result) -> dict[frozenset[str], dict[str, Any]]:
    assert done.exit_code == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {frozenset((one["one"], one["other"])): one for one in found}


def test_wrong_answers_are_compared_as_mathematics_code_by_its_shape_texts_by_their_words(similar):
    found = lines(similar("--json"))
    kinds = {frozenset(("ada", "bob")): "code", frozenset(("cyd", "dan")): "answer", frozenset(("eve", "fay")): "text"}
    assert found.keys() == kinds.keys(), "right answers alone are nothing, and nor are the others"
    for pair, kind in kinds.items():
        assert {one["kind"] for one in found[pair]["evidence"]} == {kind}
    answers = found[frozenset(("cyd", "dan"))]["evidence"]
    assert [(one["one"], one["others"]) for one in answers] == [("tinya.bytes", 0), ("tinya.size", 0)]


def test_the_page_is_for_staff_alone_shows_both_sides_and_runs_nothing_of_theirs(similar, tmp_path):
    out = tmp_path / "out"
    (out / "reports").mkdir()
    (out / "reports" / "ada.html").write_text("as it was")
    similar()
    page = out / "similar.html"
    assert page.stat().st_mode & 0o077 == 0
    text = page.read_text(encoding="utf-8")
    assert "never a verdict" in text
    for shown in ("held[i][j]", "q[i][j]", "&lt;b&gt;row"):
        assert shown in text
    assert "<b>row</b>" not in text
    assert {file.name for file in out.iterdir() if file.is_dir()} == {"reports"}
    assert [(one.name, one.read_text()) for one in (out / "reports").iterdir()] == [("ada.html", "as it was")]


def test_the_template_and_the_reference_say_nothing(similar, tiny, tmp_path):
    (tiny / "reference" / "theirs.py").write_text(RARE, encoding="utf-8")
    assert frozenset(("ada", "bob")) not in lines(similar("--json"))


def test_an_earlier_year_is_a_graded_class_or_a_folder_of_submissions(similar, tmp_path):
    for name, code in {"zoe": RENAMED, "yan": RENAMED}.items():
        place = tmp_path / "year" / name
        place.mkdir(parents=True)
        (place / "tiny.py").write_text(code, encoding="utf-8")
        (place / "answers.yaml").write_text(f"tinya:\n  why: {WORDS}\n", encoding="utf-8")
    found = lines(similar("--json", "--also", tmp_path / "year"))
    assert {frozenset(("ada", "year/zoe")), frozenset(("eve", "year/yan"))} <= found.keys()
    assert frozenset(("year/zoe", "year/yan")) not in found
    assert frozenset(("ada", "out/bob")) in lines(similar("--json", "--also", tmp_path / "out"))


@pytest.mark.parametrize(
    ("years", "called"),
    [
        (["a/out", "b/out"], ["a/out/", "b/out/"]),
        (["a/out", "b/out", "b/in"], ["a/out/", "b/out/", "b/in/"]),
        (["one/x/out", "two/x/out"], ["one/x/out/", "two/x/out/"]),
        (["a/out", "a/../a/out"], ["out/"]),
        (["2024", "2025"], ["2024/", "2025/"]),
    ],
    ids=" ".join,
)
def test_earlier_years_in_folders_of_one_name_stay_apart(similar, tmp_path, years, called):
    for year in years:
        place = tmp_path / year / "zoe"
        place.mkdir(parents=True, exist_ok=True)
        (place / "tiny.py").write_text(RENAMED, encoding="utf-8")
    found = lines(similar("--json", *(word for year in years for word in ("--also", tmp_path / year))))
    assert {other for pair in found for other in pair if "/" in other} == {f"{one}zoe" for one in called}


def test_identical_files_and_files_that_are_gone_are_told(similar, tmp_path):
    for name in ("own1", "own2"):
        (tmp_path / "in" / name / "table.csv").write_text("lr,loss\n" + "".join(f"{i},{i / 7}\r\n" for i in range(9)))
    (tmp_path / "in" / "own0" / "tiny.py").unlink()
    (tmp_path / "in" / "own0").rmdir()
    done = similar("--json")
    (evidence,) = lines(done)[frozenset(("own1", "own2"))]["evidence"]
    assert (evidence["kind"], evidence["one"]) == ("file", "table.csv")
    assert "the files of 1 submissions are not where they were graded" in done.stderr


def test_one_submission_cannot_be_compared(tiny, tmp_path):
    with Gradebook(tmp_path / "out") as gradebook:
        gradebook.append(record("ada", {}), "mark")
    done = CliRunner().invoke(main, ["similar", str(tmp_path / "out"), "--assignment", str(tiny)])
    assert done.exit_code == 2
    assert "fewer than two" in done.stderr
