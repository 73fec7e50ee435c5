"""What every executor owes, run over each that works here, and what each claims to guarantee."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from runnable import bubblewrap_works, skip_unless_runnable

from grader.errors import SandboxError
from grader.runner.values import Generator, Tensor, Value
from grader.sandbox import run_calls
from grader.sandbox.base import Executor, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.gpu import with_room
from grader.sandbox.registry import Device, executors

OBSERVER = """
import helper_of_probes

def called_twice(student, x):
    return [student(x), student(x), helper_of_probes.CONSTANT]

def without_student(x):
    return x + 1
"""
STUDENT = """
import numpy, os, sys, torch
from collections import namedtuple
import sibling

print("imported")
state = []

def echo(x): return x
def named(*, a, b): return sibling.join(a, b)
def scale_in_place(x): return x.mul_(2)
def draw(generator): return torch.rand(3, generator=generator)
def global_draw(): return torch.rand(3)
def remember():
    state.append(1)
    return len(state)
def fails():
    print("before"); print("wrong", file=sys.stderr)
    return 1 / 0
def vanish(): os._exit(7)
def loop():
    while True: pass
def ones(count): return torch.ones(count, dtype=torch.uint8)
def talk(count): print("x" * count)
def nap():
    import time
    time.sleep(10_000)
def grab(): return torch.ones(10**10)
def relative():
    with open("made.txt", "w") as file: file.write("made")
    return [open("data/points.csv").read(), open("made.txt").read()]
def pair(): return namedtuple("Pair", "first second")(1, 2.5)
def numbers(): return numpy.float32(0.5)
def module(): return torch.nn.Linear(1, 1)
def dtype_name(x): return str(x.dtype)
def layer_names(x): return len(dir(torch.nn.Module()))
def open_socket(port):
    import socket
    try: socket.create_connection(("127.0.0.1", port), timeout=1); return True
    except OSError: return False
def readable(path): return os.path.exists(path)
def daemon(name):
    import ctypes
    libc, read = ctypes.CDLL(None), ctypes.create_string_buffer(16)
    libc.prctl(15, name.encode())
    libc.prctl(16, read)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            import time
            while True: time.sleep(0.05)
        os._exit(0)
    return read.value.decode()
threshold = 3
"""
FILES = {
    "student.py": STUDENT.encode(),
    "sibling.py": b"def join(a, b):\n    return a + b\n",
    "broken.py": b"def f(:\n",
    "raises.py": b"import torch\n\nraise ValueError('at import')\n",
    "data/points.csv": b"1,2\n",
}
ARRAY = Tensor("float64", (2,), b"\x00\x00\x00\x00\x00\x00\xf0?\x00\x00\x00\x00\x00\x00\x00@")
DEVICE: Device = "cuda" if os.environ.get("HW11_TEST_DEVICE") == "cuda" else "cpu"
"""`benchmarks/gpu.sh` asks for the whole suite where student code may use a GPU."""
LIMITS = Limits(wall_seconds=1_800)
"""A crowded machine is slow, never wrong."""


@pytest.fixture(scope="module")
def probes_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assignment") / "problems" / "probes"
    folder.mkdir(parents=True)
    (folder / "spy.py").write_text(OBSERVER)
    (folder / "helper_of_probes.py").write_text("CONSTANT = 7\n")
    (folder / "student.py").write_text("raise RuntimeError('a probe module with the name of a student module')\n")
    return folder


QUICK = "bubblewrap" if bubblewrap_works() else "forkserver"
"""The executor that the fast tests start: each imports torch, for seconds."""
EXECUTORS = [pytest.param(known.name, marks=[] if known.name == QUICK else [pytest.mark.slow]) for known in executors()]


@pytest.fixture(scope="module", params=EXECUTORS)
def executor(request: pytest.FixtureRequest, probes_dir: Path) -> Iterator[Executor]:
    entry = next(known for known in executors() if known.name == request.param)
    with skip_unless_runnable(entry.name):
        started = entry.start(probes_dir, DEVICE)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run_calls, "SUBMISSION_WALL_SECONDS", 2 * LIMITS.wall_seconds)
        patched.setattr(run_calls, "GRACE_SECONDS", 300.0)
        yield started
    started.close()


def observe(executor: Executor, *probes: Probe, limits: Limits = LIMITS) -> list[Observation]:
    return executor.observe(FILES, [ProbeBatch("batch", probes, limits)])


def call(function: str, *args: Value, **rest: object) -> Probe:
    return replace(Probe(function, "student", function, args), **rest)  # type: ignore[arg-type]


VALUES: list[Value] = [None, True, -3, 0.5, float("inf"), 1 + 2j, "é", [1, [2.0]], (1, "a"), {"k": [None]}, ARRAY]
WRONG = [
    ("student", "missing", "absent", "student.py defines no missing", ""),
    ("student", "threshold", "absent", "threshold in student.py is not a function", ""),
    ("nowhere", "f", "absent", "the submission has no nowhere.py", ""),
    ("broken", "f", "absent", "SyntaxError", "broken.py:1"),
    ("raises", "f", "absent", "ValueError: at import", "raises.py:3"),
    ("student", "module", "refused", "return the tensor", ""),
    ("student", "fails", "raised", "ZeroDivisionError: division by zero", "student.py:19"),
    ("student", "vanish", "crashed", "exit status 7", ""),
]
ONE_BATCH = [
    call("fails", id="printed at import, too"),
    call("echo", 1, id="after what printed"),
    Probe("keywords", "student", "named", kwargs={"a": "x", "b": "y"}),
    call("scale_in_place", ARRAY),
    call("echo", ARRAY, id="untouched"),
    call("remember", id="first"),
    call("remember", id="second"),
    call("relative"),
    call("pair"),
    call("numbers"),
    *(call("echo", value, id=f"value {i}") for i, value in enumerate(VALUES)),
    *(call("global_draw", seed=seed, id=f"global {id}") for id, seed in [("a", 5), ("b", 5), ("other", 6)]),
    *(call("draw", Generator(5), id=f"own {id}") for id in "cd"),
    Probe("beside", "student", "echo", (4,), observer="spy:called_twice"),
    Probe("without student", args=(4,), observer="spy:without_student"),
    *(
        probe
        for module, function, *_ in WRONG
        for probe in (Probe(f"{module}.{function}", module, function), call("echo", 1, id=f"after {module}.{function}"))
    ),
]


@pytest.fixture(scope="module")
def seen(executor: Executor) -> dict[str, Observation]:
    """What a single batch of all these probes showed. An executor may import torch for each batch that it is given."""
    return {one.probe: one for one in observe(executor, *ONE_BATCH)}


def test_values_go_in_and_come_out(seen: dict[str, Observation]) -> None:
    came_out = [seen[f"value {i}"] for i in range(len(VALUES))]
    assert [one.value for one in came_out] == VALUES
    assert {one.status for one in came_out} == {"returned"}


def test_a_batch_runs_its_probes_in_one_process(seen: dict[str, Observation]) -> None:
    assert seen["keywords"].value == "xy"
    assert seen["untouched"].value == ARRAY, "every call gets fresh copies"
    assert (seen["first"].value, seen["second"].value) == (1, 2)
    assert seen["relative"].value == ["1,2\n", "made"]
    assert seen["pair"].value == (1, 2.5)
    assert seen["numbers"].value == Tensor("float32", (), b"\x00\x00\x00?")


def test_batches_do_not_meet(executor: Executor) -> None:
    batches = [ProbeBatch(str(i), (call("remember"), call("relative"))) for i in range(2)]
    seen = executor.observe(FILES, batches)
    assert [one.value for one in seen] == [1, ["1,2\n", "made"]] * 2


def test_chance_follows_the_seed(seen: dict[str, Observation]) -> None:
    a, b, other, c, d = (seen[id].value for id in ("global a", "global b", "global other", "own c", "own d"))
    assert a == b
    assert c == d
    assert a != other


def test_observers_stand_beside_student_code(seen: dict[str, Observation]) -> None:
    assert (seen["beside"].value, seen["without student"].value) == ([4, 4, 7], 5)


def test_an_observer_that_is_not_there_is_a_fault_of_ours(executor: Executor) -> None:
    with pytest.raises(SandboxError, match="spy:nothing"):
        observe(executor, Probe("x", observer="spy:nothing"))


@pytest.mark.parametrize(("module", "function", "status", "says", "where"), WRONG)
def test_what_goes_wrong_is_named(
    seen: dict[str, Observation], module: str, function: str, status: str, says: str, where: str
) -> None:
    wrong = seen[f"{module}.{function}"]
    assert (wrong.status, wrong.where) == (status, where)
    assert says in wrong.message
    assert seen[f"after {module}.{function}"].value == 1, "what comes after is observed all the same"


def test_output_stays_with_its_probe(seen: dict[str, Observation]) -> None:
    fails, echo = seen["printed at import, too"], seen["after what printed"]
    assert fails.stdout == "imported\nbefore\n"
    assert fails.stderr == "wrong\n", "and no traceback of ours"
    assert (echo.stdout, echo.stderr) == ("", "")


MIB = 1 << 20


def test_one_reply_may_be_as_large_as_its_limit(executor: Executor) -> None:
    just, larger, after = call("ones", MIB), call("ones", MIB + 1), call("echo", 1)
    small, large = (replace(LIMITS, reply_bytes=size) for size in (MIB, 2 * MIB))
    batches = [ProbeBatch("small", (just, larger, after), small), ProbeBatch("large", (larger, after), large)]
    seen = executor.observe(FILES, batches)
    assert [one.status for one in seen] == ["returned", "refused", "returned", "returned", "returned"]
    assert [str(MIB) in one.message for one in seen] == [False, True, False, False, False]
    assert seen[2].value == seen[4].value == 1


def test_all_replies_together_are_limited_too(executor: Executor) -> None:
    limits = replace(LIMITS, reply_bytes=MIB // 16)
    batches = [
        ProbeBatch(str(i), tuple(call("ones", MIB // 16, id=f"{i}.{j}") for j in range(10)), limits) for i in (0, 1)
    ]
    seen = executor.observe(FILES, batches)
    assert [one.status for one in seen] == ["returned"] * 16 + ["refused"] * 4
    assert seen[-1].message.startswith("not run: all calls together returned more than 1 MiB")
    again = executor.observe(FILES, batches[:1])
    assert [one.status for one in again] == ["returned"] * 10, "of this submission only"


def test_what_is_kept_of_all_that_is_printed_is_limited_and_nothing_else(executor: Executor) -> None:
    seen = observe(executor, *(call("talk", 65_000, id=str(i)) for i in range(30)), call("echo", 1))
    assert {one.status for one in seen} == {"returned"}
    assert 500_000 < sum(len(one.stdout) for one in seen) <= MIB
    assert seen[-1].value == 1


def test_a_library_s_own_work_is_not_the_student_s_wherever_the_library_is_installed(executor: Executor) -> None:
    """`dir` of a layer runs a dozen lines of torch, among them one with `sorted`."""
    used, cost = observe(
        executor,
        call("layer_names", [1, 2], forbids=("sorted",)),
        call("layer_names", [1, 2], observer="@counting:operations"),
    )
    assert used.value["used"] == []
    assert cost.value["operations"] == 1


def test_time_limits_name_themselves(executor: Executor) -> None:
    computes = ProbeBatch("computes", (call("echo", 1), call("loop", cpu_seconds=0.3), call("echo", 2)), LIMITS)
    sleeps = ProbeBatch("sleeps", (call("nap"),), replace(LIMITS, wall_seconds=0.5))
    before, loop, after, nap = executor.observe(FILES, [computes, sleeps])
    assert (before.value, after.value) == (1, 2)
    assert (loop.status, nap.status) == ("timeout", "timeout")
    assert "0.3 s of CPU time" in loop.message
    assert "0.5 s" in nap.message
    assert loop.cpu_seconds >= 0.3


def test_a_function_that_keeps_timing_out_is_not_tried_for_ever(executor: Executor) -> None:
    *_, third, other = observe(executor, *(call("loop", id=str(i), cpu_seconds=0.2) for i in range(3)), call("echo", 1))
    assert third.status == "timeout"
    assert third.message == "not run: an earlier call of loop was stopped after 0.2 s of CPU time"
    assert other.value == 1


def test_files_with_impossible_names_are_left_out(executor: Executor, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    odd = {"../../outside.txt": b"x", str(outside): b"x", "a" * 300: b"x", "student.py/under.py": b"x", "n\0l": b"x"}
    (seen,) = executor.observe({**FILES, **odd}, [ProbeBatch("batch", (call("echo", 1),))])
    assert seen.value == 1
    assert not outside.exists()


def test_guarantee_files_are_hidden(executor: Executor, tmp_path: Path) -> None:
    if not executor.guarantees.hides_files:
        pytest.skip("this executor promises nothing of the kind")
    paths = [str(tmp_path), __file__, str(Path(__file__).parents[2] / "problems"), os.path.expanduser("~/.bashrc")]
    seen = observe(executor, *(call("readable", path, id=path) for path in paths))
    assert [one.value for one in seen] == [False] * len(paths)


def test_guarantee_network_is_blocked(executor: Executor) -> None:
    if not executor.guarantees.blocks_network:
        pytest.skip("this executor promises nothing of the kind")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (seen,) = observe(executor, call("open_socket", listener.getsockname()[1]))
    assert seen.value is False


def test_guarantee_memory_is_limited(executor: Executor) -> None:
    if not executor.guarantees.limits_memory:
        pytest.skip("this executor promises nothing of the kind")
    limits = replace(LIMITS, memory_mib=512)
    seen, after = observe(executor, call("grab"), call("echo", 1), limits=limits)
    assert seen.status == "memory"
    assert f"{with_room(limits, DEVICE).memory_mib} MiB" in seen.message
    assert after.value == 1


def test_guarantee_the_whole_tree_is_killed(executor: Executor) -> None:
    if not executor.guarantees.kills_tree:
        pytest.skip("this executor promises nothing of the kind")
    name = f"stray-{secrets.token_hex(4)}"
    (seen,) = observe(executor, call("daemon", name))
    assert seen.value == name, "so that it can be known from outside"
    deadline = time.monotonic() + 600
    while called(name) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert called(name) == set()


def called(name: str) -> set[int]:
    """Every process of this name, wherever it hung itself to."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "comm").read_text().strip() == name:
                found.add(int(folder.name))
    return found
