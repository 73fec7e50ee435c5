"""A control group holds the memory of a sandbox, where the machine lets us make one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from runnable import skip_unless_runnable

from grader.sandbox import memory_group
from grader.sandbox.base import Probe, ProbeBatch
from grader.sandbox.bubblewrap import BubblewrapExecutor
from grader.sandbox.memory_group import MemoryGroup, make_memory_group

MIB = 1 << 20
HOLD = "import sys; held = bytearray({} << 20); sys.exit(len(held) % 7)"


@pytest.fixture
def group() -> Iterator[MemoryGroup]:
    made = make_memory_group()
    if made is None:
        pytest.skip("this machine lets this process make no control group")
    yield made
    made.close()


def run(group: MemoryGroup, mebibytes: int) -> int:
    return subprocess.run(group.command([sys.executable, "-c", HOLD.format(mebibytes)]), check=False).returncode


def test_the_kernel_ends_what_goes_beyond_the_limit_and_counts_it(
    group: MemoryGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_group, "_KERNEL_BYTES", 32 * MIB)
    group.limit(64 * MIB)
    assert (run(group, 20), group.kills()) == ((20 << 20) % 7, 0)
    assert (run(group, 400), group.kills()) == (-9, 1)
    group.limit(900 * MIB)  # raised again, as after a restart
    assert (run(group, 400), group.kills()) == ((400 << 20) % 7, 1)
    group.limit(64 * MIB)
    assert (run(group, 400), group.kills()) == (-9, 2)


def test_a_closed_group_is_gone_and_one_of_a_killed_grader_goes_with_the_next(group: MemoryGroup) -> None:
    parent = group._folder.parent
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = parent / f"hw11-{process.stdout.decode().strip()}-0123abcd"
    left.mkdir()
    again = make_memory_group()
    assert again is not None
    assert not left.exists()
    assert group._folder.exists(), "its maker is alive"
    again.close()
    assert not again._folder.exists()


@pytest.mark.parametrize(
    ("cgroup", "mountinfo", "expected"),
    [
        ("0::/user.slice/app.slice/x.scope", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate",
         ["user.slice/app.slice/x.scope", "user.slice/app.slice"]),
        ("0::/", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", [""]),
        ("5:cpu:/a\n4:memory:/b\n0::/", "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
         ["memory/b", "memory"]),
        ("3:cpu:/a", "35 31 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_groups_are_made_at_or_beside_our_own(
    cgroup: str, mountinfo: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"/proc/self/cgroup": cgroup, "/proc/self/mountinfo": mountinfo}
    monkeypatch.setattr(memory_group, "_lines", lambda path: told[path].splitlines())
    assert [place for place, _files in memory_group._places()] == [Path("/sys/fs/cgroup", each) for each in expected]


@pytest.mark.slow
def test_student_code_that_fills_its_group_reached_the_limit_on_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks at its processes, so that only the kernel can have seen it."""
    monkeypatch.setattr("grader.sandbox.limited_request.TICK_SECONDS", 60.0)
    files = {"student.py": b"def hold(n):\n    return len(bytearray(n << 20))\n"}
    with skip_unless_runnable("bubblewrap"):
        executor = BubblewrapExecutor(Path("/nonexistent"), "cpu")
    try:
        group = executor._process.memory_group
        if group is None:
            pytest.skip("this machine lets this process make no control group")
        assert "a control group of the kernel holds all of it" in executor.guarantees.memory
        group.limit(0)
        probes = [Probe(name, "student", "hold", (size,)) for name, size in (("much", 1200), ("little", 1))]
        much, little = executor.observe(files, [ProbeBatch("batch", tuple(probes))])
        assert (much.status, little.status, little.value) == ("memory", "returned", MIB)
        (again,) = executor.observe(files, [ProbeBatch("batch", (probes[1],))])
        assert again.value == MIB
    finally:
        executor.close()
