"""The author's bound on how surely wrong functions must be caught."""

import pytest

from grader.assignment.load import load_assignment
from grader.errors import SpecError


@pytest.mark.parametrize(
    ("written", "share"),
    [("", 0.99), ("catch: 95 %", 0.95), ("catch: 99.5%", 0.995), ("catch: 0.9", 0.9), ("catch: 100 %", 1.0)],
)
def test_a_bound_is_a_share(tiny, written, share):
    (tiny / "problems" / "assignment.yaml").write_text(f"title: T\n{written}\n")
    assert load_assignment(tiny).catch == pytest.approx(share)


@pytest.mark.parametrize("written", ["0 %", "101 %", "most", "95", "-1 %", "nan"])
def test_what_is_no_share_is_told_in_its_place(tiny, written):
    (tiny / "problems" / "assignment.yaml").write_text(f"title: T\ncatch: {written}\n")
    with pytest.raises(SpecError, match=r"assignment\.yaml:2:1: catch: "):
        load_assignment(tiny)
