"""Lateness: exact at every boundary, the same in every time zone, and said in one plain sentence."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.assignment.late_policy import Deduction, LatePolicy
from grader.results.lateness import Terms, lateness

DUE = "2026-11-20T23:59:00+01:00"
DAY = timedelta(days=1)


def policy(**keys):
    return LatePolicy.model_validate({"deadline": DUE, "per_day": "10 %"} | keys)


def at(**later):
    return (datetime.fromisoformat(DUE) + timedelta(**later)).isoformat()


@pytest.mark.parametrize(
    ("keys", "later", "days", "slip", "cost"),
    [
        ({}, {"days": -3}, 0, 0, 0),
        ({}, {}, 0, 0, 0),
        ({}, {"microseconds": 1}, 1, 0, 0.1),
        ({}, {"seconds": 1}, 1, 0, 0.1),
        ({}, {"days": 1}, 1, 0, 0.1),
        ({}, {"days": 1, "seconds": 1}, 2, 0, 0.2),
        ({}, {"days": 9}, 9, 0, 0.9),
        ({}, {"days": 30}, 30, 0, 1.0),
        ({"grace": 10}, {"minutes": 10}, 0, 0, 0),
        ({"grace": 10}, {"minutes": 10, "seconds": 1}, 1, 0, 0.1),
        ({"grace": 10}, {"days": 1, "seconds": 1}, 2, 0, 0.2),
        ({"slip_days": 2}, {"days": 2}, 2, 2, 0),
        ({"slip_days": 2}, {"days": 2, "seconds": 1}, 3, 2, 0.1),
        ({"at_most": "30 %"}, {"days": 3}, 3, 0, 0.3),
        ({"at_most": "30 %"}, {"days": 4}, 4, 0, 0.3),
        ({"closes": 2}, {"days": 2}, 2, 0, 0.2),
        ({"closes": 2}, {"days": 2, "seconds": 1}, 3, 0, 1.0),
        ({"closes": 2, "slip_days": 9}, {"days": 2, "seconds": 1}, 3, 0, 1.0),
        ({"closes": 0}, {"seconds": 1}, 1, 0, 1.0),
    ],
)
def test_the_days_begun_after_the_deadline_cost(keys, later, days, slip, cost):
    found = lateness(at(**later), policy(**keys))
    assert (found.days, found.slip_days, found.cost) == (days, slip, Deduction(share=cost))
    assert found.deduction(50.0) == pytest.approx(50.0 * cost)


@pytest.mark.parametrize(
    ("score", "per_day", "at_most", "taken"),
    [
        (60, "5 points", None, 15),
        (10, "5 points", None, 10),
        (60, "5 points", "12 points", 12),
        (0, "5 points", None, 0),
    ],
)
def test_points_are_taken_from_what_is_there_and_no_more(score, per_day, at_most, taken):
    late = lateness(at(days=3), policy(per_day=per_day, at_most=at_most))
    assert late.deduction(score) == taken


@pytest.mark.parametrize(
    ("student", "late"),
    [
        ({"extra_days": 2}, timedelta(hours=1)),
        ({"extra_days": 0.5}, timedelta(days=1, hours=13)),
        ({"deadline": datetime.fromisoformat("2026-11-22T22:59:00Z")}, timedelta(hours=1)),
        ({"deadline": datetime.fromisoformat("2026-11-10T00:00:00Z")}, timedelta(days=2, hours=1)),
        ({"deadline": datetime.fromisoformat("2026-11-22T22:59:00Z"), "extra_days": 5}, timedelta(0)),
    ],
)
def test_a_student_with_more_time_has_the_later_deadline(student, late):
    assert lateness(at(days=2, hours=1), policy(), Terms(**student)).late == late


def test_slip_days_are_those_that_are_left():
    assert lateness(at(days=3), policy(slip_days=5), Terms(slip_days=1)).slip_days == 1
    assert lateness(at(days=3), policy(slip_days=5), Terms(slip_days=0)).deduction(10) == 3.0


def test_the_excused_lose_nothing_even_after_the_end():
    assert lateness(at(days=99), policy(closes=1), Terms(excused=True)).deduction(50.0) == 0


@pytest.mark.parametrize("submitted_at", [None, "", "yesterday", "2026-11-25", "2026-11-25T10:00:00"])
def test_who_is_not_known_to_be_late_loses_nothing(submitted_at):
    found = lateness(submitted_at, policy())
    assert (found.known, found.deduction(50.0), found.says) == (False, 0.0, "")


@pytest.mark.parametrize(
    ("keys", "later", "says"),
    [
        ({}, {"days": -1}, ""),
        ({}, {"seconds": 12}, "Handed in 12 s after the deadline; −10 %"),
        ({"slip_days": 1}, {"days": 1, "hours": 3, "seconds": 5},
         "Handed in 1 day 3 h after the deadline; 1 slip day used; −10 %"),
        ({"slip_days": 3}, {"days": 2, "minutes": 7},
         "Handed in 2 days after the deadline; 3 slip days used; nothing is deducted"),
        ({"grace": 15}, {"minutes": 4, "seconds": 30},
         "Handed in 4 min 30 s after the deadline; within the 15 min of grace, so nothing is deducted"),
        ({"at_most": "15 %"}, {"days": 2}, "Handed in 2 days after the deadline; −15 %, the most there is"),
        ({"per_day": "2.5 points"}, {"hours": 30}, "Handed in 1 day 6 h after the deadline; −5 points"),
        ({"closes": 7}, {"days": 8},
         "Handed in 8 days after the deadline; only work of the first 7 days after it counts: −100 %"),
        ({"closes": 0}, {"hours": 1}, "Handed in 1 h after the deadline; nothing counts after it: −100 %"),
        ({"per_day": "0 points"}, {"hours": 1}, "Handed in 1 h after the deadline; nothing is deducted"),
    ],
)  # fmt: skip
def test_one_sentence_says_what_happened(keys, later, says):
    assert lateness(at(**later), policy(**keys)).says == says


def test_the_excused_are_told_so():
    told = lateness(at(hours=1), policy(), Terms(excused=True)).says
    assert told == "Handed in 1 h after the deadline; excused, so nothing is deducted"


@pytest.mark.parametrize(
    ("due", "handed_in", "late"),
    [
        ("2026-10-24T23:59:00+02:00", "2026-10-25T23:59:00+01:00", timedelta(hours=25)),  # the clocks went back
        ("2026-03-28T23:59:00+01:00", "2026-03-29T23:59:00+02:00", timedelta(hours=23)),  # and forward
        ("2028-02-28T23:59:00+00:00", "2028-02-29T23:59:00+00:00", DAY),
        ("2027-02-28T23:59:00+00:00", "2027-03-01T23:59:00+00:00", DAY),
        ("2026-12-31T23:59:59+00:00", "2027-01-01T00:00:00+00:00", timedelta(seconds=1)),
        ("2026-11-20T12:00:00+14:00", "2026-11-19T12:00:00-12:00", timedelta(hours=2)),
        ("2026-11-20T23:59:00Z", "2026-11-21T00:59:00+01:00", timedelta(0)),
    ],
)
def test_times_are_moments_wherever_and_whenever_they_were_written(due, handed_in, late):
    assert lateness(handed_in, policy(deadline=due)).late == late


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZoneInfo("Europe/Berlin")))
spans = st.timedeltas(timedelta(days=-20), timedelta(days=40))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
policies = st.builds(
    lambda share, most, grace, slip, closes: policy(
        per_day=f"{share} %", at_most=f"{most} %", grace=grace, slip_days=slip, closes=closes
    ),
    st.integers(1, 40), st.integers(1, 100), st.integers(0, 120), st.integers(0, 5), st.none() | st.integers(0, 30),
)  # fmt: skip


@given(moments, spans, offsets, policies, st.floats(0, 100))
def test_a_deduction_lies_between_nothing_and_everything_and_knows_no_time_zone(due, span, zone, given, score):
    rules = given.model_copy(update={"deadline": due})
    handed_in = (due.astimezone(timezone.utc) + span).astimezone(zone)  # noqa: UP017  # beside `timezone(...)`
    found = lateness(handed_in.isoformat(), rules)
    assert 0 <= found.deduction(score) <= score
    assert found == lateness(handed_in.astimezone(ZoneInfo("UTC")).isoformat(), rules)
    assert (found.days == 0) == (span <= timedelta(minutes=rules.grace))
    if found.days:
        assert (found.days - 1) * DAY < span <= found.days * DAY


@given(moments, spans, spans, policies)
def test_later_never_costs_less_and_more_time_never_more(due, one, other, given):
    rules = given.model_copy(update={"deadline": due})
    utc = due.astimezone(ZoneInfo("UTC"))
    earlier, later = sorted((one, other))
    costs = [lateness((utc + span).isoformat(), rules).deduction(10.0) for span in (earlier, later)]
    assert costs[0] <= costs[1]
    for terms in (Terms(extra_days=3.0), Terms(slip_days=rules.slip_days + 1)):
        assert lateness((utc + later).isoformat(), rules, terms).deduction(10.0) <= costs[1]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {"deadline": "2026-11-20T23:59"},
            "has no time zone — add the offset from UTC of your time zone",
        ),
        ({"deadline": "2026-11-20"}, "as in 2026-11-20T23:59:59+01:00 (Z is UTC)"),
        ({"deadline": "tomorrow"}, "'tomorrow' is no date and time — write it as 2026-11-20T23:59:00+01:00"),
        ({"deadline": "2026-02-29T10:00Z"}, "is no date and time"),
        ({"deadline": "0001-01-01T00:00Z"}, "the year is out of range"),
        ({"per_day": "0.1"}, "'0.1' is no deduction — write `10 %` (of what was earned) or `5 points`"),
        ({"per_day": "-5 %"}, "is no deduction"),
        ({"per_day": "110 %"}, "'110 %' takes more than was earned"),
        ({"at_most": "30 points"}, "at_most (30 points) limits per_day (10 %) — write both in % or both in points"),
        ({"grace": "-1"}, "greater than or equal to 0"),
        ({"grace": "nan"}, "less than or equal to 10080"),
        ({"slip_days": "1.5"}, "valid integer"),
        ({"hours": "3"}, "Extra inputs are not permitted"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(keys, says):
    with pytest.raises(ValidationError) as told:
        policy(**keys)
    assert says in str(told.value)
