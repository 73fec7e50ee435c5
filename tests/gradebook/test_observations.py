"""What a gradebook remembers so that nothing is done twice."""

from pathlib import Path

import pytest

from grader.gradebook import Gradebook
from grader.gradebook.observations import Known
from grader.submission.model import SubmissionSource

ADA = SubmissionSource("ada", Path("/class/ada"))
BOB = SubmissionSource("bob", Path("/class/bob"))


@pytest.fixture
def observations(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        yield gradebook.observations


def test_nothing_is_known_at_first(observations):
    assert observations.recall(ADA) == Known()
    assert observations.seconds() == {}
    assert observations.sources() == []


def test_what_was_learnt_is_known_of_that_submission_alone(observations):
    observations.keep(ADA, Known({"turn": b"\0\xff"}, {"mark": b"part"}), {}, 2.0)
    assert observations.recall(ADA) == Known({"turn": b"\0\xff"}, {"mark": b"part"})
    assert observations.recall(BOB) == Known()


def test_knowledge_grows_and_of_equal_keys_the_newest_counts(observations):
    observations.keep(ADA, Known({"one": b"1", "two": b"2"}), {}, 2.0)
    observations.keep(ADA, Known({"one": b"new"}, {"mark": b"part"}), {}, 1.0)
    observations.keep(ADA, Known(), {}, 0.1)
    assert observations.recall(ADA) == Known({"one": b"new", "two": b"2"}, {"mark": b"part"})


def test_findings_are_a_submissions_own_and_decisions_the_class_s(observations):
    observations.keep(ADA, Known(findings={"cells": b"1"}), {"answer": b"right", "other": b"wrong"}, 1.0)
    observations.keep(BOB, Known(), {"third": b"right"}, 1.0)
    assert observations.recall(ADA) == Known(findings={"cells": b"1"})
    assert observations.recall(BOB) == Known()
    assert observations.decisions() == {"answer": b"right", "other": b"wrong", "third": b"right"}


def test_the_longest_time_is_told_since_taking_over_takes_none(observations):
    observations.keep(ADA, Known(), {}, 0.1)
    observations.keep(ADA, Known(), {}, 9.0)
    observations.keep(ADA, Known(), {}, 0.2)
    observations.keep(BOB, Known(), {}, 1.0)
    assert observations.seconds() == {"ada": 9.0, "bob": 1.0}


def test_a_submission_is_found_again_just_as_it_was(observations, tmp_path):
    found = SubmissionSource(
        "ada", tmp_path, {"name": "Ada", "canvas": "7"}, "2026-01-01T10:00:00+01:00", 2, "canvas", {"a.py": "x/a.py"},
        (("a.py", "left out"),),
    )  # fmt: skip
    observations.keep(found, Known(), {}, 1.0)
    observations.keep(BOB, Known(), {}, 1.0)
    assert observations.sources() == [found, BOB]


def test_each_attempt_is_found_where_it_lay_last(observations):
    for attempt, place in ((1, "old"), (2, "second"), (1, "new")):
        observations.keep(SubmissionSource("ada", Path("/class") / place, attempt=attempt), Known(), {}, 1.0)
    assert [(one.attempt, one.path.name) for one in observations.sources()] == [(1, "new"), (2, "second")]


def test_it_is_still_known_when_the_gradebook_is_opened_again(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.observations.keep(ADA, Known({"turn": b"1"}), {"answer": b"right"}, 1.0)
    with Gradebook(tmp_path) as gradebook:
        assert gradebook.observations.recall(ADA) == Known({"turn": b"1"})
        assert gradebook.observations.decisions() == {"answer": b"right"}
