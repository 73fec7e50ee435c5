"""One submission, by id, name or e-mail."""

import pytest

from grader.errors import UsageError
from grader.records import GradeRecord
from grader.results.lookup import NotFound, find_submission


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
    record("annaschmidt-5", name="annaschmidt", claimed="u5"),
    record("m-6", name="Anna Schmidt", email="anna.schmidt@x.example"),
    record("m-7", name="Søren Łoś-Ångström"),
    record("m-8", name="Ida Muller"),
    record("m-9", name="Ida Müller"),
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
        *(("Soren Los-Angstrom", "m-7"), ("SØREN ŁOŚ-ÅNGSTRÖM", "m-7"), ("los-angstrom, soren", "m-7")),
        *(
            ("Ida Muller", "m-8"),
            ("Ida Müller", "m-9"),
            ("Ida Mu\u0308ller", "m-9"),
            ("Anna Schmidt", "m-6"),
            ("u5", "annaschmidt-5"),
        ),
    ],
)
def test_a_submission_is_found_by_what_is_known_of_it(wanted, submission):
    assert find_submission(CLASS, wanted, "out") == submission
    assert find_submission(CLASS * 2, wanted, "out") == submission


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("Bob Müller", r"could be bob-1 \(Bob Müller\) or bob-2 \(Bob Müller\): say which"),
        ("bob muller", r"could be bob-1 \(Bob Müller\) or bob-2 \(Bob Müller\): say which"),
        ("ada", r"did you mean ada-7 \(Ada Lovelace\)\?"),
        ("Mueller", r"did you mean bob-1 .* or bob-2 .* or m-8 .* or m-9"),
        ("anna", r"did you mean annaschmidt-5 \(annaschmidt\) or m-6 \(Anna Schmidt\)\?"),
        ("schmidt@x", "did you mean m-6"),
        ("ангел", "grades.csv"),
        ("42", "did you mean bob-1"),
        ("43", "grades.csv"),
        ("", "there is no"),
        (" ", "there is no"),
    ],
)
def test_nobody_is_guessed(wanted, says):
    with pytest.raises(NotFound, match=says) as found:
        find_submission(CLASS, wanted, "out")
    assert isinstance(found.value, UsageError)
    assert all(one.submission in str(found.value) for one in found.value.could_be)
