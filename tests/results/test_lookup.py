"""One submission, by id, name or e-mail."""

import pytest

from grader.errors import UsageError
from grader.records import GradeRecord
from grader.results.lookup import find_submission


def record(submission, **student):
    return GradeRecord(
        submission=submission, student=student, files_sha256="f", problems_sha256="p", versions={}, isolation="none",
        score=0, max_score=0, awaiting_review=0, parts=(),
    )  # fmt: skip


CLASS = [
    record("ada-7", name="Ada Lovelace", email="ada@x.example", id="7", canvas="90017"),
    record("Иванов-8", name="Иванов, Пётр", id="8"),
    record("bob-1", name="Bob Müller", id="0042"),
    record("bob-2", name="Bob Müller", id="9"),
    record("nameless"),
]


@pytest.mark.parametrize(
    ("wanted", "submission"),
    [
        *(
            ("ada-7", "ada-7"),
            ("ADA-7", "ada-7"),
            ("ada@x.example", "ada-7"),
            ("Ada@X.example", "ada-7"),
            ("7", "ada-7"),
            ("90017", "ada-7"),
        ),
        *(("Ada Lovelace", "ada-7"), ("Lovelace, Ada", "ada-7"), ("ada  lovelace", "ada-7")),
        *(("Пётр Иванов", "Иванов-8"), ("иванов-8", "Иванов-8"), ("0042", "bob-1"), ("nameless", "nameless")),
    ],
)
def test_a_submission_is_found_by_what_is_known_of_it(wanted, submission):
    assert find_submission(CLASS, wanted, "out") == submission
    assert find_submission(CLASS * 2, wanted, "out") == submission


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("Bob Müller", "bob-1 or bob-2"),
        ("ada", "did you mean"),
        ("42", "grades.csv"),
        ("", "there is no"),
        (" ", "there is no"),
    ],
)
def test_nobody_is_guessed(wanted, says):
    with pytest.raises(UsageError, match=says):
        find_submission(CLASS, wanted, "out")
