"""Progress tells the truth: what is done, what is under way, and when it will be over."""

import pytest

from grader.grading.progress import Eta


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def take(course, clock, name, seconds, failed=False):
    course.start(name)
    clock.now += seconds
    course.finish(course.stop(name), failed)


def test_nothing_is_foretold_before_anything_is_known(clock):
    course = Eta({}, 2, clock)
    course.start("ada")
    state = course.state(["bob"], 2)
    assert state.seconds_left is None
    assert (state.done, state.failed, state.waiting, state.total) == (0, 0, 1, 2)


def test_what_took_long_before_is_expected_to_again(clock):
    course = Eta({"ada": 30.0, "bob": 10.0}, 1, clock)
    assert [course.expect(name) for name in ("ada", "bob", "cyd")] == [30.0, 10.0, 20.0]
    assert course.state(["ada", "bob"], 1).seconds_left == 40.0
    assert course.state(["ada", "bob"], 2).seconds_left == 20.0


def test_who_is_new_is_expected_to_take_as_long_as_the_others_without_the_warming_up(clock):
    course = Eta({}, 1, clock)
    take(course, clock, "warm", 100.0)
    take(course, clock, "ada", 2.0)
    take(course, clock, "bob", 4.0)
    assert course.expect("cyd") == 3.0
    assert course.state(["cyd", "dan"], 2).seconds_left == 3.0


def test_the_first_is_better_than_nothing(clock):
    course = Eta({}, 1, clock)
    take(course, clock, "warm", 100.0)
    assert course.expect("ada") == 100.0


def test_time_that_has_passed_is_not_expected_again(clock):
    course = Eta({"ada": 10.0}, 2, clock)
    course.start("ada")
    clock.now += 4.0
    assert course.state([], 2).seconds_left == 6.0
    clock.now += 20.0
    assert course.state([], 2).seconds_left == 0.0


def test_no_run_ends_before_its_longest_submission(clock):
    course = Eta({"ada": 60.0, "bob": 1.0}, 4, clock)
    course.start("ada")
    course.start("bob")
    assert course.state([], 4).seconds_left == 60.0


def test_the_slowest_comes_first(clock):
    course = Eta({}, 2, clock)
    course.start("ada")
    clock.now += 5.0
    course.start("bob")
    clock.now += 1.0
    assert course.state([], 2).under_way == (("ada", 6.0), ("bob", 1.0))


def test_faults_are_counted(clock):
    course = Eta({}, 1, clock)
    take(course, clock, "ada", 1.0, failed=True)
    take(course, clock, "bob", 1.0)
    state = course.state([], 1)
    assert (state.done, state.failed) == (2, 1)
