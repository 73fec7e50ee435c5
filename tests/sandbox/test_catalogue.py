"""Which observers an assignment has is listed once, before any student code is there."""

import pytest

from grader.errors import SandboxError
from grader.sandbox.base import Limits, Probe, ProbeBatch
from grader.sandbox.catalogue import read_catalogue, require_observers

LISTED = read_catalogue({"names": ["spy:twice"], "broken": {"torn": "SyntaxError in line 3"}})


def batch(observer: str | None) -> list[ProbeBatch]:
    return [ProbeBatch("b", (Probe("x", observer=observer),), Limits())]


@pytest.mark.parametrize("observer", [None, "spy:twice"])
def test_what_is_listed_may_observe(observer):
    require_observers(batch(observer), LISTED)


@pytest.mark.parametrize(
    ("observer", "says"),
    [
        ("spy:nothing", "spy.py has no such function"),
        ("nowhere:spy", "nowhere.py has no such function, or is missing"),
        ("student:twice", "student.py has no such function, or is missing"),
        ("torn:twice", "SyntaxError in line 3"),
        ("twice", "twice.py has no such function"),
        ("torn", "SyntaxError in line 3"),
    ],
)
def test_what_is_not_listed_is_a_fault_of_the_author_that_names_file_probe_and_reason(observer, says):
    with pytest.raises(SandboxError) as told:
        require_observers(batch(observer), LISTED)
    assert str(told.value).startswith(f"problems/probes, {observer} of probe x: ")
    assert says in str(told.value)


@pytest.mark.parametrize("hello", [None, [], {"names": "spy:twice", "broken": {}}, {"names": []}])
def test_another_first_frame_is_no_list(hello):
    with pytest.raises(SandboxError, match="did not list"):
        read_catalogue(hello)
