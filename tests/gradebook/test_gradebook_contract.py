"""What every gradebook promises, in a SQLite file and in a PostgreSQL database alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from store_records import record

from grader.errors import UsageError
from grader.gradebook import Override
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.gradebook.releases import Result


def test_the_latest_record_counts_and_every_earlier_one_stays(open_store):
    with open_store() as gradebook:
        gradebook.append(record(score=1.0), "one")
        gradebook.append(record(score=2.0), "two")
    with open_store() as gradebook:
        assert [(r.score, mark) for r, mark in gradebook.records().values()] == [(2.0, "two")]
        assert [(one.record.score, one.fingerprint) for one in gradebook.history("ada")] == [(1.0, "one"), (2.0, "two")]
        assert all(one.made_at for one in gradebook.history("ada"))


def test_earlier_work_is_what_other_files_came_to(open_store):
    with open_store() as gradebook:
        for attempt, files, score in ((1, "aa", 0.5), (1, "bb", 1.0), (1, "bb", 1.5), (2, "cc", 2.0)):
            gradebook.append(record(score=score, attempt=attempt, files_sha256=files), "mark")
        gradebook.append(record("other", files_sha256="dd"), "mark")
        first = gradebook.record("ada", 1)
        assert gradebook.earlier_work(first).score == 0.5, "the same files judged again are no earlier work"
        assert gradebook.earlier_work(gradebook.record("ada", 2)).score == 1.5
        assert gradebook.earlier_work(gradebook.record("other", 1)) is None


def test_each_attempt_keeps_its_latest_record(open_store):
    with open_store() as gradebook:
        for score, attempt in ((1.0, 1), (0.5, 2), (1.5, 1)):
            gradebook.append(record(score=score, attempt=attempt), "mark")
        assert [(one.attempt, one.score) for one in gradebook.attempts()] == [(1, 1.5), (2, 0.5)]


def test_the_order_is_the_same_everywhere(open_store):
    names = ["b", "A", "a-2", "a", "_", "B1", "ä"]
    with open_store() as gradebook:
        for name in names:
            gradebook.append(record(name), "mark")
        assert list(gradebook.records()) == sorted(names) == [one.submission for one in gradebook.attempts()]


@pytest.mark.parametrize("says", ["naïve ≤ 'quoted' \"twice\"", "\N{GRINNING FACE}\n\ttab", "%s :x {} \\", "null \x00"])
def test_what_was_recorded_comes_back_as_it_was(open_store, says):
    with open_store() as gradebook:
        gradebook.append(record(says=says), "mark")
    with open_store() as gradebook:
        assert gradebook.records()["ada"][0] == record(says=says)


def test_overrides_keep_author_reason_time_and_order(open_store):
    with open_store() as gradebook:
        gradebook.marking.commit([], [Override("ada", 1, "p.x", 0.1 + 0.2, "marker", "half right", "well said")])
        gradebook.marking.commit([], [Override("ada", 1, "p.x", None, "marker", "taken back")])
        first, second = gradebook.overrides()
    assert (first.score, first.author, first.reason, first.says) == (0.1 + 0.2, "marker", "half right", "well said")
    assert second.score is None
    assert first.made_at


def test_requests_and_releases_are_kept(open_store):
    with open_store() as gradebook:
        assert [gradebook.requests.add(Request("ada", 1, "p.x", "", "because it is so")) for _ in range(2)] == [
            True,
            False,
        ]
        gradebook.requests.answer(gradebook.requests.open()[0].id, RequestAnswer(0.0, 1.0, "marker", "yes"))
        gradebook.releases.add([Result("ada", 1.0, 0.0, "digest", "files", ("p",))], "staff")
    with open_store() as gradebook:
        assert gradebook.requests.all()[0].answer.changed
        told = gradebook.releases.latest().results["ada"]
        assert (told.score, told.parts) == (1.0, ("p",))


def test_what_the_problems_said_is_kept_once(open_store):
    with open_store() as gradebook:
        gradebook.problems.keep("a" * 64, {"p.x": {"points": 1.0, "asks": "≤"}})
        gradebook.problems.keep("a" * 64, {})
        assert gradebook.problems.of("a" * 64) == {"p.x": {"points": 1.0, "asks": "≤"}}
        assert gradebook.problems.of("b" * 64) is None


def test_nobody_else_grades_meanwhile_and_everybody_may_read_and_mark(open_store):
    with open_store() as gradebook, gradebook.lock("hw11 grade"), open_store() as other:
        with pytest.raises(UsageError, match=r"is being graded already \(hw11 grade, process \d+ on .*\): wait"):
            other.lock("hw11 regrade").__enter__()
        other.marking.commit([], [Override("ada", 1, "p.x", 1.0, "marker", "right")])
        gradebook.append(record(), "mark")
        assert list(other.records()) == ["ada"]
    with open_store() as gradebook, gradebook.lock("hw11 regrade"):
        assert len(gradebook.overrides()) == 1


def test_two_pages_of_one_marker_may_save_their_drafts_at_once(open_store):
    with open_store() as store:
        drafts = store.marking.drafts
        drafts.keep("k", "first", "ada", "wa.why", {"comment": "begun"})
        with ThreadPoolExecutor(2) as pages:
            list(pages.map(lambda i: drafts.keep("k", "first", "ada", "wa.why", {"comment": str(i)}), range(40)))
        assert drafts.of("k", "first", "ada")["comment"] != "begun"
