"""Names of parts and fields as students type them: what is clear is read and told, the rest is told alone."""

import pytest

from grader.assignment.load import load_assignment
from grader.grading.asked_names import unknown_names, with_asked_names
from grader.submission.model import Answer, Submission

READ_AS = [
    ({"TinyA.size": "1"}, {"tinya.size": "1"}),
    ({"tiny-a.Size": "1", "tiny_a.BYTES": "2"}, {"tinya.size": "1", "tinya.bytes": "2"}),
    ({"tinyb.En-tries": "1"}, {"tinyb.entries": "1"}),
    ({"tinyb.e n t r i e s": "1"}, {"tinyb.entries": "1"}),
    ({"tinyb.2) entries": "1", "\ufffdtinya.size:": "2"}, {"tinyb.entries": "1", "tinya.size": "2"}),
    ({"tinya.size": "", "tinya.SIZE": "1"}, {"tinya.size": "1"}),
    ({"tinya.Size": "", "tinya.SIZE": "1"}, {"tinya.Size": "", "tinya.size": "1"}),
]
TOLD_ALONE = [
    ("tinya.siez", "did you mean 'size'"),
    ("tinya.zzz", "there are: size"),
    ("tinyc.size", "there is no part 'tinyc'"),
    ("studnet.name", "did you mean 'student'"),
    ("size.x", "'size' is a field, of tinya"),
]


def submission(typed, broken=None):
    answers = {tuple(key.split(".")): Answer(text) for key, text in typed.items()}
    return Submission(id="ada", files={}, answers=answers, broken_parts=broken or {})


@pytest.fixture
def assignment(tiny):
    return load_assignment(tiny)


@pytest.mark.parametrize(("typed", "read"), READ_AS)
def test_a_name_that_differs_in_capitals_and_hyphens_alone_is_read_and_told(assignment, typed, read):
    found = with_asked_names(submission(typed), assignment)
    assert {".".join(key): answer.text for key, answer in found.answers.items()} == read
    renamed = [key for key, text in typed.items() if text and key not in read]
    assert [where for where, message in found.notices if "use that name" in message] == renamed
    assert with_asked_names(found, assignment) == found


@pytest.mark.parametrize(
    "typed",
    [
        {"tinya.size": "1", "tinya.SIZE": "2"},
        {"tinya.Size": "1", "tinya.SIZE": "2"},
        {"TINYA.size": "1", "tinyA.size": "2"},
    ],
)
def test_of_two_that_could_be_meant_none_is_taken(assignment, typed):
    found = with_asked_names(submission(typed), assignment)
    assert {".".join(key): answer.text for key, answer in found.answers.items()} == typed
    assert list(unknown_names(found, assignment))


@pytest.mark.parametrize(("name", "told"), TOLD_ALONE)
def test_any_other_name_is_told_and_not_read(assignment, name, told):
    found = with_asked_names(submission({name: "1"}), assignment)
    assert list(found.answers) == [tuple(name.split("."))]
    (notice,) = unknown_names(found, assignment)
    assert notice.where == name
    assert told in notice.message


def test_a_broken_part_is_known_by_the_same_rule_unless_it_has_answers_already(assignment):
    assert with_asked_names(submission({}, {"Tiny-A": "why"}), assignment).broken_parts == {"tinya": "why"}
    kept = with_asked_names(submission({"tinya.size": "1"}, {"Tiny-A": "why"}), assignment)
    assert kept.broken_parts == {"Tiny-A": "why"}
