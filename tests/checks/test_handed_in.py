"""Files that are not there, and what is said of those that may be meant."""

from pathlib import Path

import pytest

from grader.checks.base import Context, PartFacts
from grader.checks.handed_in import not_handed_in
from grader.checks.registry import kinds
from grader.files.author_code import AuthorCode
from grader.grading.grade import waits_for_person
from grader.records import Verdict
from grader.submission.model import Submission


@pytest.mark.parametrize(
    ("wanted", "files", "says"),
    [
        (["a.csv"], ["a.csv"], ""),
        (["a.csv"], [], "a.csv was not handed in"),
        (["a.csv"], ["b.csv"], "a.csv was not handed in"),
        (["a.csv", "b.png"], [], "a.csv, b.png were not handed in"),
        (["a.csv", "b.png"], ["b.png"], "a.csv was not handed in"),
        (["falls.png"], ["Falls.PNG"], "falls.png was not handed in (hand in Falls.PNG as falls.png)"),
        (["falls.csv"], ["data/falls.csv"], "falls.csv was not handed in (hand in data/falls.csv as falls.csv)"),
        (
            ["a.csv", "b.csv"],
            ["A.csv", "b.CSV"],
            "a.csv, b.csv were not handed in (hand in A.csv as a.csv, b.CSV as b.csv)",
        ),
        (["data/a.csv"], ["a.csv"], "data/a.csv was not handed in (hand in a.csv as data/a.csv)"),
    ],
)
def test_what_is_said_of_files_that_are_not_there(wanted, files, says):
    assert not_handed_in(wanted, Submission("ada", dict.fromkeys(files, b""))) == says


LARGE = "left out: 9 MiB, more than the limit of 8 MiB"


@pytest.mark.parametrize(
    ("files", "notices", "verdict", "says"),
    [
        ([], {"a.csv": LARGE, "b.csv": LARGE}, Verdict.UNREADABLE, f"a.csv was {LARGE}; b.csv was {LARGE}"),
        ([], {"a.csv": LARGE}, Verdict.UNREADABLE, f"a.csv was {LARGE}; b.csv was not handed in"),
        (["b.csv"], {"a.csv": LARGE}, Verdict.PARTIAL, f"a.csv was {LARGE}"),
        (["b.csv"], {"a.csv": "saved as UTF-16"}, Verdict.PARTIAL, "a.csv was not handed in"),
        (["a.csv", "b.csv"], {"c.csv": LARGE}, Verdict.CORRECT, "handed in"),
    ],
)
def test_a_file_that_was_left_out_is_not_called_missing(files, notices, verdict, says):
    submission = Submission("ada", dict.fromkeys(files, b"1,2"), notices=tuple(notices.items()))
    outcome = both().judge(Context(submission, None, b""), ())
    assert (outcome.verdict, outcome.message) == (verdict, says)


def both():
    """A check of two files."""
    entry = kinds()["files"]
    spec = entry.spec.model_validate({"kind": "files", "name": "both", "asks": "?", "files": ["a.csv", "b.csv"]})
    return entry.build(PartFacts("p", "q1", {}, AuthorCode(Path())), "0", spec)


@pytest.mark.parametrize(
    ("files", "unreadable", "verdict"),
    [
        (["a.csv", "b.csv"], "", Verdict.CORRECT),
        (["a.csv"], "", Verdict.PARTIAL),
        ([], "", Verdict.MISSING),
        (["a.csv"], "b.csv cannot be read: Bad CRC-32", Verdict.UNDECIDED),
        ([], "x.rar cannot be read", Verdict.UNDECIDED),
        (["a.csv", "b.csv"], "x.rar cannot be read", Verdict.CORRECT),
    ],
)
def test_a_file_that_may_stand_in_what_cannot_be_read_waits_for_a_person(files, unreadable, verdict):
    submission = Submission("ada", dict.fromkeys(files, b"1,2"), unreadable=unreadable)
    outcome = both().judge(Context(submission, None, b""), ())
    assert waits_for_person(outcome, submission).verdict is verdict
