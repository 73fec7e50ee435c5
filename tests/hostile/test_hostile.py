"""Attacks as files: the folder is how the attack must be observed, the file's first line what it tries.

Each stands in one submission with honest code, before one honest submission, and beside a file of the
grader's that it must not read, change or join. Adding an attack is adding a file.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from runnable import skip_unless_runnable

from grader.sandbox import run_calls, start
from grader.sandbox.base import Executor, Limits, Observation, Probe, ProbeBatch

SUBMISSIONS = Path(__file__).parent / "submissions"
ATTACKS = sorted(SUBMISSIONS.glob("*/*.py"))
SLOW = {"memory", "timeout"}
TOKEN = "the canary sings 7c1e"
HONEST = b"""
import decimal, os, random, numpy, torch

def twice(x):
    print("twice")
    return 2 * x

def stepped(kind):
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = kind([weight], lr=0.1)
    (weight * weight).sum().backward()
    optimizer.step()
    return weight.detach().clone()

def surroundings():
    x = torch.full((1, 1, 2, 2), -2.0, requires_grad=True)
    torch.nn.Conv2d(1, 1, 1)(x * x).relu().sum().backward()
    return [
        x.grad, torch.nn.functional.softmax(x.detach(), 3), torch.nn.Linear(2, 1)(x.detach()), str(x.sum()),
        1.0 + 2.0 ** -53, 5e-324 * 1.0, str(decimal.Decimal(1) / 3), torch.nn.Dropout()(torch.ones(8)),
        str(torch.get_default_dtype()), torch.is_grad_enabled(), torch.get_num_threads(), random.random(),
        numpy.random.rand(), torch.rand(2), sorted(os.listdir(".")), os.listdir("/tmp"), os.listdir("/dev/shm"),
        sorted(os.environ), os.getcwd(), sum(name.isdigit() for name in os.listdir("/proc")),
        torch.allclose(torch.ones(1), torch.zeros(1)), stepped(torch.optim.SGD), stepped(torch.optim.Adam),
        torch.nn.functional.max_pool2d(-x.detach(), 2), [1, 2, 2].count(2), random.gauss(0, 1), numpy.random.randn(),
        __import__("ctypes").CDLL(None).shmget(0x4811, 4096, 0),
    ]
"""
LIMITS = Limits(cpu_seconds=60.0, wall_seconds=1_800.0, memory_mib=512)
SLEEPERS = Limits(cpu_seconds=1.5, wall_seconds=3.0, memory_mib=512)


def honest(name: str) -> ProbeBatch:
    probes = (Probe(f"{name}.twice", "honest", "twice", (21,)), Probe(f"{name}.look", "honest", "surroundings"))
    return ProbeBatch(name, probes, LIMITS)


def timeless(seen: list[Observation]) -> list[Observation]:
    return [replace(one, cpu_seconds=0.0) for one in seen]


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with skip_unless_runnable("bubblewrap"):
        executor = start("full", Path("/nonexistent"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run_calls, "SUBMISSION_WALL_SECONDS", 2 * LIMITS.wall_seconds)  # a crowded machine is no attack
        yield executor
    executor.close()


@pytest.fixture(scope="module")
def neighbour(executor: Executor) -> list[Observation]:
    """What honest code gives before anything hostile ran."""
    return timeless(executor.observe({"honest.py": HONEST}, [honest("neighbour")]))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def names(paths: list[Path]) -> list[object]:
    marks = {ending: [pytest.mark.slow] for ending in SLOW}
    return [
        pytest.param(path, id=f"{path.parent.name}-{path.stem}", marks=marks.get(path.parent.name, []))
        for path in paths
    ]


@pytest.mark.parametrize("attack", names(ATTACKS))
def test_attack_gets_nothing_and_reaches_nobody(
    attack: Path, executor: Executor, neighbour: list[Observation], port: int, tmp_path: Path
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(TOKEN)
    limits = SLEEPERS if attack.parent.name == "timeout" else LIMITS
    batch = ProbeBatch("attack", (Probe("attack", "attack", "attack", (str(canary), port)),), limits)
    files = {"honest.py": HONEST, "attack.py": attack.read_bytes()}

    attacked, after, looked = executor.observe(files, [batch, honest("after")])

    assert attacked.status == attack.parent.name, attacked
    assert attacked.value in ([], None), "it brought something out"
    assert TOKEN not in repr(attacked)
    assert [path.name for path in tmp_path.iterdir()] == ["canary.txt"]
    assert canary.read_text() == TOKEN
    assert len(attacked.message) <= 400
    assert len(attacked.stdout.encode()) <= 3 * LIMITS.output_bytes
    assert (after.value, after.stdout) == (42, "twice\n")
    assert without_own_file(looked) == without_own_file(neighbour[1])
    assert timeless(executor.observe({"honest.py": HONEST}, [honest("neighbour")])) == neighbour


def without_own_file(seen: Observation) -> list[object]:
    """The surroundings, leaving out that the attack's file lies beside the honest one."""
    assert isinstance(seen.value, list), seen
    return [[name for name in part if name != "attack.py"] if isinstance(part, list) else part for part in seen.value]


def test_there_are_attacks_for_every_ending() -> None:
    endings = {path.parent.name for path in ATTACKS}
    assert endings == {"returned", "raised", "refused", "absent", "timeout", "memory", "crashed"}
    assert len(ATTACKS) >= 145
