"""Points: gates, shares, bonus, and what is not decided."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.score import counted, gate, score_check, score_part
from grader.records import Outcome, Verdict


@dataclass
class FakeCheck:
    id: str = "p.x"
    kind: str = "expr"
    points: float = 2.0
    bonus: bool = False
    visibility: str = "hidden"
    after: tuple[str, ...] = ()


def outcome(credit, verdict=Verdict.PARTIAL):
    return Outcome(verdict=verdict, credit=credit)


def part(points):
    return SimpleNamespace(id="p", points=points)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 1), st.booleans()), max_size=8))
def test_a_part_never_earns_more_than_it_is_worth_nor_less_than_nothing(checks):
    records = [
        score_check(FakeCheck(points=points, bonus=bonus), outcome(credit), 0.0) for points, credit, bonus in checks
    ]
    worth = sum(points for points, _, bonus in checks if not bonus)
    scored = score_part(part(worth), records)
    assert 0 <= scored.score <= worth + 1e-6
    assert scored.awaiting == 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_credit_is_never_fewer_points(one, other):
    low, high = sorted((one, other))
    score = lambda credit: score_check(FakeCheck(), outcome(credit), 0.0).score  # noqa: E731
    assert score(low) <= score(high)


def test_what_is_not_decided_is_no_zero():
    record = score_check(FakeCheck(), Outcome(verdict=Verdict.UNDECIDED), 0.0)
    assert record.score is None
    scored = score_part(part(2.0), [record])
    assert (scored.score, scored.awaiting) == (0.0, 2.0)


def test_a_bonus_makes_up_for_a_loss_but_lifts_nothing_above_the_maximum():
    half = score_check(FakeCheck(points=2.0), outcome(0.5), 0.0)
    full = score_check(FakeCheck(points=2.0), outcome(1.0), 0.0)
    bonus = score_check(FakeCheck(points=0.5, bonus=True), outcome(1.0), 0.0)
    assert score_part(part(2.0), [half, bonus]).score == 1.5
    assert score_part(part(2.0), [full, bonus]).score == 2.0


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        (Outcome(verdict=Verdict.CORRECT, credit=1.0), None),
        (Outcome(verdict=Verdict.PARTIAL, credit=0.5), None),
        (Outcome(verdict=Verdict.WRONG, credit=0.0), Verdict.BLOCKED),
        (Outcome(verdict=Verdict.MISSING, credit=0.0), Verdict.BLOCKED),
        (Outcome(verdict=Verdict.UNDECIDED), Verdict.UNDECIDED),
        (Outcome(verdict=Verdict.HARNESS_ERROR), Verdict.UNDECIDED),
    ],
)
def test_a_gate_opens_with_any_credit_and_waits_for_what_is_undecided(before, verdict):
    found = gate(FakeCheck(after=("p.first",)), {"p.first": before})
    assert (found.verdict if found else None) == verdict


@dataclass
class Beside(FakeCheck):
    """A property that stands beside two others."""

    beside: tuple[str, ...] = ("p.one", "p.two")

    def by_itself(self, outcome: Outcome) -> Outcome:
        return outcome.model_copy(update={"credit": 0.0})


@pytest.mark.parametrize(
    ("one", "two", "counts"),
    [(1.0, 1.0, 1.0), (1.0, 0.5, 1.0), (1.0, 0.0, 0.0), (None, 0.0, 0.0), (None, 1.0, None)],
)
def test_a_property_counts_beside_what_earns_something_and_keeps_its_verdict(one, two, counts):
    found = counted(Beside(), outcome(1.0, Verdict.CORRECT), {"p.one": outcome(one), "p.two": outcome(two)})
    assert (found.verdict, found.credit) == (Verdict.CORRECT, counts)


def test_what_earns_nothing_by_itself_earns_nothing_beside():
    wrong = outcome(0.0)
    assert counted(Beside(), wrong, {"p.one": outcome(1.0), "p.two": outcome(None)}) == wrong
