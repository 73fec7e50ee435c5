"""The registry: a format is one file; what it cannot do is told."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.base import Wishes, export, formats, is_open, points


def test_a_format_is_one_file_that_registers_itself(tmp_path):
    """The file is the one that the documentation shows."""
    page = (Path(__file__).parent.parent.parent / "docs" / "exchange.md").read_text(encoding="utf-8")
    (tmp_path / "board.py").write_text(page.partition("```python\n")[2].partition("```")[0], encoding="utf-8")
    script = """
        import sys
        from types import SimpleNamespace
        import grader.exports
        grader.exports.__path__.append(sys.argv[1])
        from grader.exports.base import GradedClass, Wishes, export, formats
        records = [SimpleNamespace(submission="ada", score=1.50), SimpleNamespace(submission="bea", score=2.0)]
        print(formats()["board"].says)
        print(export("board", GradedClass(None, records, bytes), Wishes()).files["board.txt"].decode())
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path], capture_output=True, text=True, timeout=900
    )
    assert done.stdout.splitlines() == ["points by submission, for the notice board", "ada: 1.5", "bea: 2"], done.stderr


def test_every_format_says_what_it_is_for():
    assert {"canvas", "csv", "gradescope", "junit", "moodle", "otter", "research", "review-csv"} <= set(formats())
    assert all(one.says for one in formats().values())


def test_an_unknown_format_is_answered_with_those_there_are(graded):
    with pytest.raises(UsageError, match=r"no export format 'excel'(.|\n)*canvas .*(.|\n)*review-csv"):
        export("excel", graded, Wishes())


@pytest.mark.parametrize(
    ("name", "wishes", "says"),
    [
        ("canvas", {}, "canvas needs --template"),
        ("csv", {"column": "HW11"}, "csv does not take --column"),
        ("canvas", {"feedback": True}, "canvas does not take --feedback"),
        ("junit", {"provisional": True}, "junit does not take --provisional"),
    ],
)
def test_a_wish_that_a_format_cannot_fulfil_is_told(graded, tmp_path, name, wishes, says):
    with pytest.raises(UsageError, match=says):
        export(name, graded, Wishes(**wishes))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(6.0, 6, "6"), (5.4, 2, "5.4"), (100.0, 2, "100"), (-0.001, 2, "0"), (1e6, 2, "1000000"), (1 / 3, 2, "0.33")],
)
def test_points_are_plain_decimals(value, digits, text):
    assert points(value, digits) == text


def test_open_means_that_somebody_still_has_to_decide(graded):
    assert [one.submission for one in graded.records if is_open(one)] == ["cem", "hao"]


def test_rubrics_changed_while_marking_stand_above_the_authors(graded):
    from dataclasses import replace

    from grader.gradebook.marking.rubrics import RubricItem

    checks = {check.id: check.model_copy(update={"answer": "x"}) for check in graded.records[0].checks}
    why, size = checks["tinya.why"], checks["tinya.size"]
    assert [item.earns for item in graded.rubric(why)] == ["says why"]
    assert graded.rubric(why.model_copy(update={"answer": None})) == (), "nothing was typed that could be ticked"
    changed = replace(graded, rubrics={"tinya.why": (RubricItem(1, "says why well", 0.5),)})
    assert [item.earns for item in changed.rubric(why)] == ["says why well"]
    assert graded.rubric(size) == ()
