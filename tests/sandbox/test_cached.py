"""A turn that is known is not run again, and what is not known for certain is."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SandboxError
from grader.files.author_sources import Sources
from grader.runner.values import CodecError, Tensor
from grader.sandbox.base import Limits, Observation, Probe, ProbeBatch
from grader.sandbox.cached import CachedExecutor, pack, unpack
from grader.sandbox.lazy import LazyExecutor

FILES = {"work.py": b"def f(x): return x"}
TURN = ProbeBatch(
    "a", (Probe("a#0", "work", "f", (1.5, Tensor("float64", (1,), b"\0" * 8)), seed=3), Probe("a#1", "work", "f"))
)
OTHER = ProbeBatch("b", (Probe("b#0", "work", "g"),))


class Spy:
    """Answers every probe with its own id, and counts."""

    guarantees = None

    def __init__(self):
        self.asked = []

    def observe(self, files, batches):
        self.asked += [batch.id for batch in batches]
        return [Observation(probe.id, "returned", value=probe.id) for batch in batches for probe in batch.probes]

    def close(self):
        self.asked.append("closed")


@pytest.fixture
def remember(tmp_path):
    (tmp_path / "spies.py").write_text("def look(f): return 1\n")

    def remember(known=None, executor=None, environment="now", common=None):
        executor = executor or Spy()
        common = {} if common is None else common
        return CachedExecutor(executor, known or {}, Sources(tmp_path), environment, common), executor

    return remember


def learn(remember, batches=(TURN,), files=FILES, **options):
    remembering, _ = remember(**options)
    remembering.observe(files, batches)
    return remembering.learnt


def is_known(remember, learnt, batch=TURN, files=FILES, **options):
    remembering, spy = remember(learnt, **options)
    remembering.observe(files, [batch])
    return not spy.asked


def test_what_is_known_is_answered_without_asking(remember):
    learnt = learn(remember)
    remembering, spy = remember(learnt)
    assert [seen.value for seen in remembering.observe(FILES, [TURN])] == ["a#0", "a#1"]
    assert spy.asked == []
    assert remembering.learnt == {}


def test_the_unknown_among_the_known_is_asked_alone_and_answers_keep_their_order(remember):
    remembering, spy = remember(learn(remember))
    seen = remembering.observe(FILES, [OTHER, TURN])
    assert [one.probe for one in seen] == ["b#0", "a#0", "a#1"]
    assert spy.asked == ["b"]
    assert len(remembering.learnt) == 1


def test_it_is_known_again_when_nothing_changed(remember):
    assert is_known(remember, learn(remember))


FIRST = TURN.probes[0]
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
def test_a_changed_probe_is_not_known(remember, probe):
    assert not is_known(remember, learn(remember), replace(TURN, probes=(probe, TURN.probes[1])))


def test_a_turn_is_known_as_a_whole_or_not_at_all(remember):
    learnt = learn(remember)
    assert not is_known(remember, learnt, replace(TURN, probes=TURN.probes[:1]))
    assert not is_known(remember, learnt, replace(TURN, probes=TURN.probes[::-1]))
    assert not is_known(remember, learnt, replace(TURN, limits=Limits(cpu_seconds=1.0)))


@pytest.mark.parametrize(
    "files", [{}, {"work.py": b"other"}, {**FILES, "notes.txt": b""}, {"play.py": FILES["work.py"]}]
)
def test_other_files_are_not_known(remember, files):
    assert not is_known(remember, learn(remember), files=files)


def test_other_environment_are_not_known(remember):
    assert not is_known(remember, learn(remember), environment="a newer torch")


def test_an_observers_code_counts_where_it_is_used(remember, tmp_path):
    watched = replace(TURN, probes=(replace(FIRST, observer="spies:look"),))
    learnt = learn(remember, [TURN, watched])
    (tmp_path / "spies.py").write_text("def look(f): return 2\n")
    assert is_known(remember, learnt)
    assert not is_known(remember, learnt, watched)


NOBODYS = ProbeBatch("n", (Probe("n#0", args=(1.5,), observer="spies:look"),))


def test_what_meets_no_student_code_finds_no_files_and_is_run_once_for_everybody(remember):
    class SeesFiles(Spy):
        def observe(self, files, batches):
            self.found = {batch.id: dict(files) for batch in batches} | getattr(self, "found", {})
            return super().observe(files, batches)

    common = {}
    first, spy = remember(executor=SeesFiles(), common=common)
    seen = first.observe(FILES, [NOBODYS, TURN])
    assert spy.found == {"a": FILES, "n": {}}
    second, other = remember(common=common)
    assert second.observe({"work.py": b"other"}, [NOBODYS]) == seen[:1]
    assert other.asked == []
    assert second.learnt == {key: first.learnt[key] for key in common}


def test_what_failed_once_does_not_fail_for_everybody(remember):
    class Crowded(Spy):
        def observe(self, files, batches):
            super().observe(files, batches)
            return [Observation(probe.id, "timeout") for batch in batches for probe in batch.probes]

    common = {}
    remember(executor=Crowded(), common=common)[0].observe(FILES, [NOBODYS])
    second, spy = remember(common=common)
    assert [seen.status for seen in second.observe(FILES, [NOBODYS])] == ["returned"]
    assert spy.asked == ["n"]


def test_what_meets_student_code_is_run_for_everybody(remember):
    common = {}
    for _ in range(2):
        remembering, spy = remember(common=common)
        remembering.observe(FILES, [TURN])
        assert spy.asked == ["a"]
    assert common == {}


@pytest.mark.parametrize("damage", [b"", b"x", pack([Observation("a#0", "returned")])[:-3]])
def test_what_is_damaged_is_run_again(remember, damage):
    assert not is_known(remember, dict.fromkeys(learn(remember), damage))


def test_nothing_is_learnt_from_a_sandbox_that_breaks(remember):
    class Broken(Spy):
        def observe(self, files, batches):
            raise SandboxError("gone")

    remembering, _ = remember(executor=Broken())
    with pytest.raises(SandboxError):
        remembering.observe(FILES, [TURN])
    assert remembering.learnt == {}


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
    executor.observe(FILES, [TURN])
    executor.observe(FILES, [TURN])
    executor.close()
    assert [spy.asked for spy in started] == [["a", "a", "closed"]]
