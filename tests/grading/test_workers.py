"""Workers on this machine: what they find around them when they start, and how they are ended."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.grading.workers import LocalPool, background_process

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@pytest.fixture(params=[None, "7"])
def outside(request, monkeypatch):
    """How many threads whoever started this program asked for."""
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
        if request.param is not None:
            monkeypatch.setenv(name, request.param)
    return request.param


def test_a_worker_of_a_class_computes_in_one_thread_whatever_was_said_outside(outside):
    with LocalPool(1) as pool:
        inside = [pool.submit(os.getenv, name).result() for name in THREADS]
    assert inside == ["1"] * len(THREADS)
    assert [os.environ.get(name) for name in THREADS] == [outside] * len(THREADS)


@pytest.mark.parametrize("imports", [(), ("json",)])
def test_a_worker_finds_the_environment_of_now_and_not_that_in_which_the_first_one_started(imports, monkeypatch):
    monkeypatch.setenv("HW11_GOES", "is there")
    with LocalPool(1, imports) as pool:
        assert pool.submit(os.getenv, "HW11_GOES").result() == "is there"
    monkeypatch.delenv("HW11_GOES")
    monkeypatch.setenv("HW11_COMES", "is new")
    with LocalPool(1, imports) as pool:
        assert pool.submit(os.getenv, "HW11_GOES").result() is None
        assert pool.submit(os.getenv, "HW11_COMES").result() == "is new"


def test_workers_start_where_the_path_of_a_socket_would_be_too_long(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 110)
    deep.mkdir()
    script = tmp_path / "imports.py"
    script.write_text(FINDS_IMPORTED)
    monkeypatch.setenv("TMPDIR", str(deep))
    assert subprocess.run([sys.executable, script], capture_output=True, text=True).stdout == "[False, False] False\n"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processors cannot be chosen here")
@pytest.mark.parametrize("imports", [(), ("json",)])
def test_a_worker_may_use_the_processors_that_whoever_starts_it_may_use_now(imports):
    every = os.sched_getaffinity(0)
    for allowed in ({min(every)}, every):
        os.sched_setaffinity(0, allowed)
        try:
            with LocalPool(1, imports) as pool:
                assert pool.submit(os.sched_getaffinity, 0).result() == allowed
        finally:
            os.sched_setaffinity(0, every)


FINDS_IMPORTED = """
import sys
from grader.grading.workers import LocalPool

def is_imported(name):
    return name in sys.modules

if __name__ == "__main__":
    with LocalPool(2, ["colorsys"]) as pool:
        print([*pool.run_all([(is_imported, "colorsys")] * 2)], is_imported("colorsys"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a process is not forked here")
def test_workers_find_imported_what_they_are_to_find(tmp_path):
    script = tmp_path / "imports.py"
    script.write_text(FINDS_IMPORTED)
    assert subprocess.run([sys.executable, script], capture_output=True, text=True).stdout == "[True, True] False\n"


@pytest.fixture(scope="module")
def pool():
    """Two workers for every test that leaves its pool able to work."""
    with LocalPool(2, ["json"]) as pool:
        yield pool


def test_many_calls_are_answered_whatever_their_number(pool):
    assert sorted(pool.run_all([(str.upper, letter) for letter in "abcdefg"])) == list("ABCDEFG")
    assert list(pool.run_all([])) == []


def test_a_broadcast_reaches_every_worker_before_its_next_call_and_later_ones_too(pool):
    pool.broadcast(os.putenv, "HW11_TEST", "heard")  # puts it where only a child of the worker looks
    assert list(pool.run_all([(_child_sees, "HW11_TEST")] * 4)) == ["heard"] * 4
    with pytest.raises(pool.worker_died):
        pool.submit(os._exit, 3).result()
    assert list(pool.run_all([(_child_sees, "HW11_TEST")] * 4)) == ["heard"] * 4


def _child_sees(name):
    return subprocess.run(["printenv", name], capture_output=True, text=True).stdout.strip()


def search_for_ever():
    """A search in C that answers no signal of Python's and lets no other thread run."""
    re.match("(a+)+b", "a" * 100)


def hold(mebibytes):
    held = bytearray(mebibytes << 20)
    for place in range(0, len(held), 4096):
        held[place] = 1
    time.sleep(10_000)


def on_a_cluster(size):
    return pytest.importorskip("grader.grading.dask_workers").DaskPool(None, size, "an assignment")


@pytest.mark.parametrize("workers", [LocalPool, pytest.param(on_a_cluster, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("call", "seconds", "memory_bytes", "says"),
    [((search_for_ever,), 0.0, 1 << 50, "longer than 0 s"), ((hold, 400), 1e9, 350 << 20, "more than 350 MiB")],
)
def test_a_call_beyond_a_limit_is_ended_and_its_worker_replaced(workers, call, seconds, memory_bytes, says):
    with workers(2) as pool:
        pool.submit(os.getpid).result()
        endless, reasons = pool.submit(*call), {}
        while not reasons:
            reasons = pool.end_beyond(seconds, memory_bytes)
            time.sleep(0.01)
        assert isinstance(endless.exception(), pool.worker_died)
        assert list(reasons) == [endless]
        assert says in reasons[endless]
        assert pool.end_beyond(seconds, memory_bytes) == {}
        assert pool.submit(len, "abc").result() == 3


def test_a_call_within_the_limits_goes_on(pool):
    call = pool.submit(time.sleep, 0.2)
    assert pool.end_beyond(600, 1 << 40) == {}
    assert call.result() is None


ENDS_WITHOUT_WARNING = """
import os, signal
from grader.grading.workers import {opened}
if __name__ == "__main__":
    with {opened} as calls:
        print(calls.submit(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("opened", "imported"),
    [
        ("background_process()", "background_process"),
        ("LocalPool(1)", "LocalPool"),
        ("LocalPool(1, ['json'])", "LocalPool"),
    ],
)
def test_no_process_outlives_one_that_is_killed(opened, imported, tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(ENDS_WITHOUT_WARNING.replace("import {opened}", f"import {imported}").format(opened=opened))
    killed = subprocess.run([sys.executable, script], capture_output=True, text=True)
    pid = int(killed.stdout)
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)


def _is_running(pid):
    """Whether there is such a process; one that ended and that nobody has collected does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(") ")[2].startswith("Z"))


def test_a_background_process_takes_calls_in_order_and_ends_with_its_block():
    with background_process() as calls:
        answers = [calls.submit(str.upper, letter) for letter in "abc"]
        pid = calls.submit(os.getpid).result()
        assert [answer.result() for answer in answers] == list("ABC")
    assert not _is_running(pid)


def test_a_worker_that_was_ended_as_its_call_returned_gets_no_other():
    with LocalPool(1) as pool:
        assert pool.submit(abs, -1).result() == 1
        pool._workers[0].kill()
        assert [pool.submit(abs, number).result() for number in (-2, -3)] == [2, 3]
