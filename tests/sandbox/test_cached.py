"""A batch of probes whose observations are stored is not run again; one that may show something else is."""

import math
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cache import Cache
from grader.errors import SandboxError
from grader.files.author_sources import Sources
from grader.runner.values import CodecError, Tensor
from grader.sandbox.base import Guarantees, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.cached import isolation, observe_cached, pack, unpack
from grader.sandbox.lazy import LazyExecutor

FILES = {"work.py": b"def f(x): return x"}
BATCH = ProbeBatch(
    "a", (Probe("a#0", "work", "f", (1.5, Tensor("float64", (1,), b"\0" * 8)), seed=3), Probe("a#1", "work", "f"))
)
OTHER = ProbeBatch("b", (Probe("b#0", "work", "g"),))


LEVEL = "watched"


class Spy:
    """Answers every probe with its own id, and counts."""

    guarantees = Guarantees(True, True, True, True, LEVEL)

    def __init__(self):
        self.asked = []

    def observe(self, files, batches):
        self.asked += [batch.id for batch in batches]
        return [Observation(probe.id, "returned", value=probe.id) for batch in batches for probe in batch.probes]

    def close(self):
        self.asked.append("closed")


@pytest.fixture
def cached(tmp_path):
    """A function that observes, what it asks, and where it looks first."""
    (tmp_path / "spies.py").write_text("def look(f): return 1\n")

    def cached(entries=None, executor=None, environment="now", shared=None):
        executor, cache = executor or Spy(), Cache(entries, environment, shared)
        return partial(observe_cached, executor, cache, Sources(tmp_path)), executor, cache

    return cached


def stored(cached, batches=(BATCH,), files=FILES, **options):
    """What observing some batches stores, the isolation aside."""
    observe, _, cache = cached(**options)
    observe(files, batches)
    return observations(cache)


def observations(cache):
    """What is new in a cache, the isolation aside."""
    return {place: body for place, body in cache.take_new().items() if body != LEVEL.encode()}


def is_stored(cached, entries, batch=BATCH, files=FILES, **options):
    """Whether nothing has to be run for a batch."""
    observe, spy, _ = cached(entries, **options)
    observe(files, [batch])
    return not spy.asked


def test_what_is_stored_is_not_run(cached):
    observe, spy, cache = cached(stored(cached))
    assert [seen.value for seen in observe(FILES, [BATCH])] == ["a#0", "a#1"]
    assert spy.asked == []
    assert cache.take_new() == {}


def test_what_is_not_stored_is_run_alone_and_answers_keep_their_order(cached):
    observe, spy, cache = cached(stored(cached))
    seen = observe(FILES, [OTHER, BATCH])
    assert [one.probe for one in seen] == ["b#0", "a#0", "a#1"]
    assert spy.asked == ["b"]
    assert len(observations(cache)) == 1


def test_it_is_found_again_when_nothing_changed(cached):
    assert is_stored(cached, stored(cached))


FIRST = BATCH.probes[0]
CHANGED = {
    "an input": replace(FIRST, args=(1.25, FIRST.args[1])),
    "an input's type": replace(FIRST, args=("1.5", FIRST.args[1])),
    "an input's precision": replace(FIRST, args=(1.5, Tensor("float32", (2,), b"\0" * 8))),
    "a named input": replace(FIRST, kwargs={"x": 1}),
    "the seed": replace(FIRST, seed=4),
    "the function": replace(FIRST, function="g"),
    "the module": replace(FIRST, module="play"),
    "an observer": replace(FIRST, observer="spies:look"),
    "its limit": replace(FIRST, cpu_seconds=1.0),
}


@pytest.mark.parametrize("probe", CHANGED.values(), ids=CHANGED)
def test_a_changed_probe_is_run(cached, probe):
    assert not is_stored(cached, stored(cached), replace(BATCH, probes=(probe, BATCH.probes[1])))


def test_a_batch_is_stored_as_a_whole_or_not_at_all(cached):
    entries = stored(cached)
    assert not is_stored(cached, entries, replace(BATCH, probes=BATCH.probes[:1]))
    assert not is_stored(cached, entries, replace(BATCH, probes=BATCH.probes[::-1]))
    assert not is_stored(cached, entries, replace(BATCH, limits=Limits(cpu_seconds=1.0)))


@pytest.mark.parametrize(
    "files", [{}, {"work.py": b"other"}, {**FILES, "notes.txt": b""}, {"play.py": FILES["work.py"]}]
)
def test_with_other_files_it_is_run(cached, files):
    assert not is_stored(cached, stored(cached), files=files)


def test_in_another_environment_it_is_run(cached):
    assert not is_stored(cached, stored(cached), environment="a newer torch")


def test_an_observers_code_counts_where_it_is_used(cached, tmp_path):
    watched = replace(BATCH, probes=(replace(FIRST, observer="spies:look"),))
    entries = stored(cached, [BATCH, watched])
    (tmp_path / "spies.py").write_text("def look(f): return 2\n")
    assert is_stored(cached, entries)
    assert not is_stored(cached, entries, watched)


NOBODYS = ProbeBatch("n", (Probe("n#0", args=(1.5,), observer="spies:look"),))


def test_what_meets_no_student_code_finds_no_files_and_is_run_once_for_everybody(cached):
    class SeesFiles(Spy):
        def observe(self, files, batches):
            self.found = {batch.id: dict(files) for batch in batches} | getattr(self, "found", {})
            return super().observe(files, batches)

    shared = Cache()
    first, spy, own = cached(executor=SeesFiles(), shared=shared)
    seen = first(FILES, [NOBODYS, BATCH])
    assert spy.found == {"a": FILES, "n": {}}
    second, other, _ = cached(shared=shared)
    assert second({"work.py": b"other"}, [NOBODYS]) == seen[:1]
    assert other.asked == []
    assert (len(observations(own)), len(observations(shared))) == (1, 1)


def test_what_failed_once_does_not_fail_for_everybody(cached):
    class Crowded(Spy):
        def observe(self, files, batches):
            super().observe(files, batches)
            return [Observation(probe.id, "timeout") for batch in batches for probe in batch.probes]

    shared = Cache()
    cached(executor=Crowded(), shared=shared)[0](FILES, [NOBODYS])
    second, spy, _ = cached(shared=shared)
    assert [seen.status for seen in second(FILES, [NOBODYS])] == ["returned"]
    assert spy.asked == ["n"]


def test_what_meets_student_code_is_run_for_everybody(cached):
    shared = Cache()
    for _ in range(2):
        observe, spy, _ = cached(shared=shared)
        observe(FILES, [BATCH])
        assert spy.asked == ["a"]
    assert shared.take_new() == {}


@pytest.mark.parametrize("damage", [b"", b"x", pack([Observation("a#0", "returned")])[:-3]])
def test_what_is_damaged_is_run_again(cached, damage):
    assert not is_stored(cached, dict.fromkeys(stored(cached), damage))


def test_nothing_is_stored_of_a_sandbox_that_breaks(cached):
    class Broken(Spy):
        def observe(self, files, batches):
            raise SandboxError("gone")

    observe, _, cache = cached(executor=Broken())
    with pytest.raises(SandboxError):
        observe(FILES, [BATCH])
    assert cache.take_new() == {}


class Elsewhere(Spy):
    guarantees = Guarantees(False, False, False, False, "nothing at all")


def test_the_isolation_is_the_one_that_student_code_ran_under(cached):
    observe, spy, cache = cached()
    observe(FILES, [BATCH])
    assert isolation(spy, cache) == LEVEL
    entries = cache.take_new()
    observe, elsewhere, cache = cached(entries, Elsewhere())
    observe(FILES, [BATCH])
    assert isolation(elsewhere, cache) == LEVEL
    observe(FILES, [NOBODYS])
    assert isolation(elsewhere, cache) == LEVEL
    observe(FILES, [OTHER])
    assert isolation(elsewhere, cache) == "nothing at all"
    assert isolation(elsewhere, Cache(entries, "a newer torch")) == "nothing at all"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, st.sampled_from(["returned", "raised", "timeout", "memory", "crashed"]), st.text(max_size=50))
def test_what_is_unpacked_is_what_was_packed(value, status, text):
    seen = [Observation("p#0", status, value, text, "f.py:3", text, text, 0.25), Observation("p#1", "absent")]
    assert repr(unpack(pack(seen))) == repr(seen)


def test_tensors_with_values_that_are_no_numbers_come_back_bit_for_bit():
    import numpy as np

    tensor = Tensor.from_numpy(np.array([math.nan, math.inf, -0.0]))
    assert unpack(pack([Observation("p", "returned", tensor)])) == [Observation("p", "returned", tensor)]


def test_what_is_over_a_cap_is_not_packed():
    with pytest.raises(CodecError):
        pack([Observation("p", "returned", "x" * (2 << 20))])


def test_a_sandbox_starts_when_it_is_first_needed_and_once():
    started = []

    def start():
        started.append(Spy())
        return started[-1]

    executor = LazyExecutor(start)
    executor.close()
    assert started == []
    executor.observe(FILES, [BATCH])
    executor.observe(FILES, [BATCH])
    executor.close()
    assert [spy.asked for spy in started] == [["a", "a", "closed"]]
