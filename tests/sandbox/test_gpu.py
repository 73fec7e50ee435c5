"""What a GPU is given where student code runs, and, where there is one, that student code computes on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from runnable import skip_unless_runnable

from grader.errors import SandboxError
from grader.runner.linux.landlock import handled_rights
from grader.sandbox import gpu
from grader.sandbox.base import Executor, Limits, Probe, ProbeBatch
from grader.sandbox.registry import Device, executors
from grader.sandbox.visible_paths import visible_paths

STARTS = Limits(cpu_seconds=1, wall_seconds=2, memory_mib=512, processes=8, open_files=64)


@pytest.fixture
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that says whether there is a GPU; not there yet."""
    path = tmp_path / "nvidiactl"
    monkeypatch.setattr(gpu, "CONTROL", path)
    return path


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A driver's folder outside of the loader's, whose library is a link that leads elsewhere again."""
    real, folder = tmp_path / "store", tmp_path / "nvidia"
    for path in (real, folder):
        path.mkdir()
    (real / "libcuda.so.550").touch()
    (folder / "libcuda.so.1").symlink_to(real / "libcuda.so.550")
    monkeypatch.setattr(gpu, "ELSEWHERE", (str(tmp_path / "missing"), str(folder)))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return folder


@pytest.mark.parametrize(
    ("device", "present", "visible"),
    [("cpu", False, ""), ("cpu", True, ""), ("auto", False, ""), ("auto", True, "0"), ("cuda", True, "0")],
)
def test_gpus_are_counted_without_starting_one_and_seen_where_one_may_be_used(
    control: Path, driver: Path, device: Device, present: bool, visible: str
) -> None:
    if present:
        control.touch()
    found = gpu.environment(device)
    assert found["PYTORCH_NVML_BASED_CUDA_CHECK"] == "1"
    assert found["CUDA_VISIBLE_DEVICES"] == visible
    assert found.get("LD_LIBRARY_PATH") == (str(driver) if visible else None)


def test_a_choice_of_gpus_and_folders_that_are_searched_already_are_kept(
    driver: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    found = gpu.environment("cuda", "/opt/lib")
    assert (found["CUDA_VISIBLE_DEVICES"], found["LD_LIBRARY_PATH"]) == ("3", f"{driver}:/opt/lib")


def test_a_driver_outside_of_the_loaders_folders_is_shown_with_what_its_links_lead_to(
    driver: Path, tmp_path: Path
) -> None:
    shown = visible_paths(tmp_path / "problems" / "probes", cuda=True).shown
    assert {driver, tmp_path / "store"} <= set(shown)
    assert driver not in visible_paths(tmp_path / "problems" / "probes", cuda=False).shown


def test_folders_that_the_loader_is_told_to_search_come_first(
    driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "named"
    named.mkdir()
    (named / "libcuda.so.1").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{tmp_path / 'empty'}:{named}:")
    assert gpu.driver_folders() == (named, driver)


@pytest.mark.parametrize("own", [None, 0.5])
def test_room_to_start_a_gpu_comes_on_top_of_what_an_author_allows(control: Path, own: float | None) -> None:
    batches = [ProbeBatch("batch", (Probe("p", "student", "f", cpu_seconds=own),), STARTS)]
    assert gpu.with_room_each(batches, "auto") is batches
    control.touch()
    (roomy,) = gpu.with_room_each(batches, "auto")
    for name in ("cpu_seconds", "wall_seconds", "memory_mib", "processes", "open_files"):
        assert getattr(roomy.limits, name) > getattr(STARTS, name)
    assert roomy.limits.reply_bytes == STARTS.reply_bytes
    assert roomy.probes[0].cpu_seconds == (None if own is None else own + gpu.START_CPU_SECONDS)


@pytest.mark.parametrize(("version", "bits"), [(1, 13), (2, 14), (3, 15), (4, 15), (5, 16), (6, 16), (9, 16)])
def test_no_right_is_named_that_a_kernel_does_not_know(version: int, bits: int) -> None:
    assert handled_rights(version).bit_length() == bits


@pytest.mark.slow
def test_a_probe_module_that_starts_a_thread_is_told_before_anything_is_forked(tmp_path: Path) -> None:
    probes = tmp_path / "problems" / "probes"
    probes.mkdir(parents=True)
    (probes / "spy.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    with skip_unless_runnable("forkserver"):
        executor = next(known for known in executors() if known.name == "forkserver").start(probes, "cpu")
    try:
        with pytest.raises(SandboxError, match="a probe module starts threads or a GPU"):
            executor.observe({}, [ProbeBatch("batch", (Probe("p", "student", "f"),))])
    finally:
        executor.close()


# -- only where there is a GPU: `benchmarks/gpu.sh` runs these

STUDENT = b"""
import torch

def product(x):
    y = x.to("cuda")
    return [torch.cuda.is_initialized(), (y @ y.T).cpu()]

def trained(x):
    model = torch.nn.Linear(x.shape[1], 1).double().to("cuda")
    rule = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(20):
        rule.zero_grad()
        model(x.to("cuda")).square().mean().backward()
        rule.step()
    return model(x.to("cuda")).square().mean().item() < 1e-1

def loop():
    x = torch.ones(64, 64, device="cuda")
    while True:
        x = x @ x / 64
"""


@contextmanager
def running(name: str, tmp_path: Path) -> Iterator[Executor]:
    import torch

    if not (gpu.is_here() and torch.cuda.is_available()):
        pytest.skip("no GPU that torch can use")
    with skip_unless_runnable(name):
        executor = next(known for known in executors() if known.name == name).start(tmp_path, "cuda")
    try:
        yield executor
    finally:
        executor.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bubblewrap", "forkserver", "plain_process"])
def test_student_code_computes_on_a_gpu_in_one_batch_after_the_other(name: str, tmp_path: Path) -> None:
    import torch

    from grader.runner.values import Tensor

    given = torch.eye(3, dtype=torch.float64) * 2
    probes = tuple(Probe(f, "student", f, (Tensor.from_torch(given),)) for f in ("product", "trained"))
    with running(name, tmp_path) as executor:
        seen = executor.observe({"student.py": STUDENT}, [ProbeBatch(str(i), probes, STARTS) for i in range(3)])
    assert [(one.status, one.message) for one in seen] == [("returned", "")] * 6
    assert [one.value for one in seen] == [[True, Tensor.from_torch(given @ given)], True] * 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bubblewrap", "forkserver", "plain_process"])
def test_an_endless_loop_on_a_gpu_ends_and_leaves_the_gpu_usable(name: str, tmp_path: Path) -> None:
    with running(name, tmp_path) as executor:
        batches = [ProbeBatch("loop", (Probe("loop", "student", "loop"),), STARTS)]
        (ended,) = executor.observe({"student.py": STUDENT}, batches)
        (again,) = executor.observe({"student.py": STUDENT}, batches)
    assert {ended.status, again.status} == {"timeout"}


@pytest.mark.slow
def test_without_a_gpu_the_script_says_so_and_measures_nothing(tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    script = Path(__file__).parents[2] / "benchmarks" / "gpu.sh"
    done = subprocess.run(
        [str(script), str(tmp_path)], env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True
    )
    assert done.returncode == 4
    assert done.stdout.startswith("gpu.sh: nothing was measured, as torch ")
    assert not (tmp_path / "gpu.md").exists()
