"""What is said of a probe from which no value came."""

import pytest

from grader.checks.failure_outcome import NOT_LOADED, failed
from grader.records import Verdict
from grader.sandbox.base import Observation


@pytest.mark.parametrize(
    ("message", "where", "verdict", "said", "place"),
    [
        (
            "m cannot be imported: SyntaxError: invalid syntax",
            "m.py:4",
            Verdict.UNREADABLE,
            "m.py line 4 does not compile: invalid syntax",
            "m.py:4",
        ),
        (
            "m cannot be imported: IndentationError: unexpected indent",
            "other.py:2",
            Verdict.UNREADABLE,
            "other.py line 2 does not compile: unexpected indent",
            "other.py:2",
        ),
        (
            "m cannot be imported: SyntaxError",
            "",
            Verdict.UNREADABLE,
            "m.py does not compile: SyntaxError",
            "m.py",
        ),
        (
            "m cannot be imported: NameError: name 'x' is not defined",
            "m.py:9",
            Verdict.CRASHED,
            "m.py line 9 stops at import: NameError: name 'x' is not defined",
            "m.py:9",
        ),
        ("m.py defines no f", "", Verdict.MISSING, "m.py defines no f", None),
        ("the submission has no m.py", "", Verdict.MISSING, "the submission has no m.py", None),
    ],
)
def test_a_file_that_does_not_load_is_not_an_empty_one(message, where, verdict, said, place):
    outcome = failed(Observation("p", "absent", message=message, where=where))
    assert (outcome.verdict, outcome.credit, outcome.message) == (verdict, 0.0, said)
    assert dict(outcome.details).get(NOT_LOADED) == place


def test_what_a_function_raises_never_passes_for_a_file_that_does_not_load():
    raised = Observation("p", "raised", message="m cannot be imported: SyntaxError: x", where="m.py:1")
    assert NOT_LOADED not in dict(failed(raised).details)


def test_what_never_returns_is_told_where_to_look():
    stopped = Observation("p", "timeout", message="stopped after 20 s of CPU time")
    outcome = failed(stopped, "n = 3")
    assert outcome.verdict is Verdict.TIMEOUT
    assert outcome.message.startswith("stopped after 20 s of CPU time: look for a loop that never ends")
    later = Observation("p", "timeout", message="not run: an earlier call of f was stopped after 20 s of CPU time")
    assert "look for a loop that never ends" in failed(later).message
    not_run = Observation("p", "timeout", message="not run: the time of the part was up")
    assert failed(not_run).message == not_run.message
