"""The autograder zip, by its own scripts, in folders laid out like the platform's."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.load import load_assignment
from grader.platforms.gradescope.bundle import Built, build, constraints
from grader.platforms.gradescope.run import GradescopeSettings
from grader.sandbox.setuid import others_reach

PERFECT = {
    "answers.yaml": "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}\n"
    "tinyb: {entries: 250000, seconds: 2.5 s}\n",
    "tiny.py": "def double(X):\n    return 2 * X\n",
}
HALF = {**PERFECT, "answers.yaml": "tinya: {size: m + k, bytes: 4*m*k, shape: wide}\n"}
HOSTILE = """\
import os, sys, time
ROOT = {root!r}
FORGED = '{{"score": 6, "tests": [{{"name": "forged", "score": 6, "max_score": 6}}]}}'

def forge():
    for name in ("results/results.json", "results/.results", "source/settings.json"):
        try:
            with open(os.path.join(ROOT, name), "w") as file:
                file.write(FORGED)
        except OSError:
            pass

def peek():
    for name in ("source/class.secret", "source/assignment/reference/tiny.py", "submission_metadata.json"):
        try:
            print("LEAKED", open(os.path.join(ROOT, name)).read())
        except OSError:
            pass

forge()
peek()
if os.fork() == 0:
    os.setsid()
    for _ in range(200):
        forge()
        time.sleep(0.1)
    os._exit(0)

def double(X):
    forge()
    peek()
    for module in [module for name, module in sys.modules.items() if name.startswith("torch")]:
        if hasattr(module, "allclose"):
            module.allclose = lambda *args, **kwargs: True
    return X
"""
METADATA = {
    "id": 4711,
    "created_at": "2026-11-20T10:00:00.000000-08:00",
    "assignment": {"due_date": "2026-11-21T10:00:00.000000-08:00", "total_points": "6.0"},
    "users": [{"email": "ada@example.edu", "id": 7, "name": "Ada"}],
    "previous_submissions": [{"submission_time": "2026-11-19T10:00:00.000000-08:00", "score": 1.0, "results": {}}],
}
OTHER_PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, tiny_files: dict[str, str]) -> tuple[Path, Built]:
    """The tiny assignment and its zip."""
    root = tmp_path_factory.mktemp("course")
    for name, text in tiny_files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root, build(load_assignment(root), tmp_path_factory.mktemp("kit"), GradescopeSettings(seconds=1500))


@pytest.mark.slow
def test_the_zip_holds_what_the_platform_asks_for(built: tuple[Path, Built]) -> None:
    _root, zipped = built
    with zipfile.ZipFile(zipped.path) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        secret = archive.read("class.secret")
        wheel = next(name for name in modes if name.endswith(".whl"))
        with archive.open(wheel) as packed, zipfile.ZipFile(packed) as inner:
            installed = inner.namelist()
    assert modes["setup.sh"] & 0o111
    assert modes["run_autograder"] & 0o111
    assert {"constraints.txt", "settings.json", "assignment/reference/tiny.py"} <= set(modes)
    assert len(secret.strip()) == 64
    assert not modes["class.secret"] & 0o077
    assert zipped.path.stat().st_mode & 0o077 == 0, "answers are in it"
    assert not [name for name in installed if "homework" in name], "everybody can read what is installed"
    assert zipped.peak_mib > 0
    assert f"{zipped.peak_mib} MiB" in zipped.warning or zipped.peak_mib + 512 <= 768


@dataclass(frozen=True)
class Platform:
    """A container's folders, with everything installed."""

    root: Path
    environment: dict[str, str]

    def run(self, files: dict[str, str], metadata: dict[str, Any] | None = METADATA, **more: str) -> tuple[Any, str]:
        """Results and log of one submission."""
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        (self.root / "submission").mkdir()
        for name, text in files.items():
            (self.root / "submission" / name).write_text(text.replace("{root!r}", repr(str(self.root))))
        told = self.root / "submission_metadata.json"
        told.unlink(missing_ok=True)
        if metadata is not None:
            told.write_text(json.dumps(metadata))
        script = self.root / "source" / "run_autograder"
        done = subprocess.run(
            [script], env={**self.environment, **more}, cwd=self.root, capture_output=True, text=True, timeout=1800
        )
        return json.loads((self.root / "results" / "results.json").read_text()), done.stdout + done.stderr


@pytest.fixture(scope="module")
def platform(built: tuple[Path, Built]) -> Iterator[Platform]:
    """The zip unpacked as the platform does it, and set up by its own script with the packages that are here."""
    with tempfile.TemporaryDirectory(prefix="hw11-platform-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        here = Path(folder)  # not in /tmp, which the wall covers
        here.chmod(0o755)
        unpack(built[1].path, here / "autograder" / "source")
        environment = surroundings(here)
        done = subprocess.run(
            ["bash", here / "autograder" / "source" / "setup.sh"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield Platform(here / "autograder", environment)


def unpack(zipped: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with zipfile.ZipFile(zipped) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, folder))
            path.chmod(info.external_attr >> 16 & 0o777)


def surroundings(here: Path) -> dict[str, str]:
    """Folders of the test's own, and pip pointed to what is installed for this interpreter."""
    packages = Path(site.getsitepackages()[0])
    return {
        "PATH": os.environ["PATH"],
        "HW11_AUTOGRADER": str(here / "autograder"),
        "HW11_VENV": str(here / "venv"),
        "HW11_PYTHON": OTHER_PYTHON if other_python_fits() else sys.executable,
        "HW11_VENV_OPTIONS": "--system-site-packages --without-pip",
        "PYTHONUSERBASE": str(packages.parents[2]),
        "PIP_NO_INDEX": "1",
        "PIP_BREAK_SYSTEM_PACKAGES": "1",
    }


def other_python_fits() -> bool:
    """Whether the system's Python, which other users can reach, is of the version that packages are installed for."""
    if not Path(OTHER_PYTHON).exists():
        return False
    asked = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
    told = subprocess.run([OTHER_PYTHON, "-c", asked], capture_output=True, text=True).stdout
    return told.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def without_bubblewrap(tmp_path: Path) -> str:
    """A PATH with everything that the scripts need but the one."""
    for name in ("bash", "env", "mkdir", "chmod", "rm", "mv", "cat", "dirname"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    return str(tmp_path)


@pytest.mark.slow
def test_a_perfect_submission_earns_every_automatic_point(platform: Platform) -> None:
    found, log = platform.run(PERFECT)
    assert found["score"] == 5.5
    assert [test["name"] for test in found["tests"] if "not graded yet" in test["name"]] == [
        "tinya Sizes: 0.5 points not graded yet"
    ]
    assert all(test["score"] == test["max_score"] for test in found["tests"] if "score" in test)
    assert "hw11: " in log
    assert found["extra_data"]["hw11"]["attempt"] == 2
    assert found["extra_data"]["hw11"]["isolation"].startswith(("bubblewrap", "other user"))


@pytest.mark.slow
def test_half_a_submission_earns_what_it_is_worth(platform: Platform) -> None:
    found, _log = platform.run(HALF, metadata=None)  # who it was matters to nobody here
    assert 0 < found["score"] < 5.5
    hidden = [test for test in found["tests"] if test["visibility"] == "after_published"]
    assert found["tests"][-len(hidden) :] == hidden, "hidden ones come last"
    assert "half the perimeter" in json.dumps(hidden)
    assert "half the perimeter" not in json.dumps([test for test in found["tests"] if test not in hidden])


@pytest.mark.slow
@pytest.mark.parametrize("wall", ["bubblewrap", "another user"])
def test_a_hostile_submission_gets_what_it_deserves(platform: Platform, wall: str, tmp_path: Path) -> None:
    if wall == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    if wall == "another user" and (os.geteuid() != 0 or platform.environment["HW11_PYTHON"] != OTHER_PYTHON):
        pytest.skip("needs root, and a Python that other users can reach")
    if wall == "another user" and not others_reach(Path(site.getsitepackages()[0])):
        pytest.skip("the libraries lie where no other user can reach them")
    more = {"PATH": without_bubblewrap(tmp_path)} if wall == "another user" else {}
    found, log = platform.run({**HALF, "tiny.py": HOSTILE}, **more)
    text = json.dumps(found) + log
    isolation = found["extra_data"]["hw11"].get("isolation", log)
    assert isolation.startswith("other user" if more else "bubblewrap")
    assert "forged" not in text
    assert "LEAKED" not in text
    runs = [line for line in log.splitlines() if "tinya.run.double" in line]
    assert runs
    assert not [line for line in runs if "Right" in line and "double.shape" not in line]
    honest, _log = platform.run({**HALF, "tiny.py": "def double(X):\n    return X\n"}, **more)
    assert found["score"] == honest["score"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "breakage",
    ["no assignment", "no secret", "no python", "too slow"],
)
def test_whatever_goes_wrong_is_a_fault_of_ours_and_takes_no_points(platform: Platform, breakage: str) -> None:
    source, more = platform.root / "source", {}
    moved = {"no assignment": source / "assignment", "no secret": source / "class.secret"}.get(breakage)
    settings = (source / "settings.json").read_text()
    if moved:
        moved.rename(source / "moved")
    if breakage == "no python":
        more["HW11_VENV"] = "/nowhere"
    if breakage == "too slow":
        (source / "settings.json").write_text(json.dumps({"seconds": 0.5}))
    try:
        found, log = platform.run(PERFECT, **more)
    finally:
        if moved:
            (source / "moved").rename(moved)
        (source / "settings.json").write_text(settings)
    assert "fault of ours" in found["tests"][0]["output"]
    assert found["tests"][0]["visibility"] == "visible"
    assert {"score", "max_score"}.isdisjoint(found["tests"][0])
    assert log.strip(), "the instructor reads why"


def test_constraints_pin_what_the_trial_ran_with() -> None:
    lines = constraints().splitlines()
    assert any(line.startswith("torch==") for line in lines)
    assert not [line for line in lines if "+" in line or line.startswith("hw11==")]
