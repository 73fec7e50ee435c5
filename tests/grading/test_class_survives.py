"""A class graded for real, and what is done to it: every run ends with the same bytes as one that nobody disturbed."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest
from gate import Gate
from interrupts import hear_interrupts
from runnable import isolation

from grader.runner.process_usage import descendants, processes

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc").is_dir(), reason="follows processes in /proc")]

NAMES = [f"s{number}" for number in range(6)]
ANSWERS = "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}\ntinyb: {entries: 250000, seconds: 2.5 s}\n"
FACTORS = (2, 3, 2, 4, 2, 5)
EARLY, MIDDLE, LAST = 3, 4, 5
"""Factors that one submission has alone: while a gate is shut for it, no run can be over before the harm is done."""
PATIENCE = 1800.0


@pytest.fixture(scope="module")
def built_gate(tmp_path_factory):
    return Gate(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def gate(built_gate):
    """Open again when the test is over, so that no run waits for ever."""
    yield built_gate
    built_gate.open()


@pytest.fixture(scope="module")
def grade(tmp_path_factory, tiny_files, built_gate):
    """The command that grades one and the same class into a folder."""
    root = tmp_path_factory.mktemp("class")
    for name, text in tiny_files.items():
        path = root / "assignment" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    built_gate.build(root / "assignment")
    for factor, name in zip(FACTORS, NAMES, strict=True):
        folder = root / "class" / name
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text(ANSWERS)
        (folder / "tiny.py").write_text(f"def double(X):\n    return {factor} * X\n")
    (root / "secret").write_text("0123456789abcdef" * 4)
    options = ["--assignment", root / "assignment", "--secret-file", root / "secret", "--isolation", isolation()]

    def grade(out, *more, jobs=1):  # every worker imports torch, twice, and starts a judge
        command = [sys.executable, "-m", "grader", "grade", root / "class", "--out", out, "--jobs", jobs, "--json"]
        return [str(word) for word in (*command, *options, *more)]

    return grade


@pytest.fixture(scope="module")
def undisturbed(grade, tmp_path_factory):
    """The folder of a class that was graded in one go."""
    out = tmp_path_factory.mktemp("undisturbed")
    finish(grade(out))
    return out


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stderr


def timeless(out):
    def strip(value):
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "seconds"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    records = {path.stem: json.loads(path.read_text()) for path in sorted((out / "records").glob("*.json"))}
    assert sorted(records) == NAMES
    assert {path.stem for path in (out / "reports").glob("*.html")} == set(NAMES)
    assert len((out / "grades.csv").read_text().splitlines()) == len(NAMES) + 1
    return json.dumps({name: strip(record) for name, record in records.items()}, sort_keys=True)


def start(command):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, start_new_session=True, preexec_fn=hear_interrupts, **streams)


def wait_for_a_record(running):
    for line in running.stdout:
        if json.loads(line)["event"] == "graded":
            return
    raise AssertionError(running.stderr.read())


def words(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def workers(pid):
    """The processes that grade: those that have a judge of their own."""
    members = set(descendants(pid))
    parents = {process.pid: process.parent for process in processes()}
    return {parents[one] for one in members if "grader.maths.worker" in words(one) and parents.get(one) in members}


def wait_until_gone(pids):
    deadline = time.monotonic() + PATIENCE
    while left := [pid for pid in pids if words(pid)]:
        assert time.monotonic() < deadline, [words(pid) for pid in left]
        time.sleep(0.1)


def test_a_killed_worker_is_replaced_and_so_is_a_killed_sandbox(grade, gate, undisturbed, tmp_path):
    gate.shut(EARLY)
    gate.shut(MIDDLE)
    running = start(grade(tmp_path, jobs=2))  # with other jobs than undisturbed, and the same bytes
    wait_for_a_record(running)
    zygotes = [pid for pid in descendants(running.pid) if "zygote" in words(pid)]
    for pid in [*sorted(workers(running.pid))[:1], *zygotes]:
        with suppress(ProcessLookupError):  # a sandbox ends with its worker
            os.kill(pid, signal.SIGKILL)
    gate.open()
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert timeless(tmp_path) == timeless(undisturbed)


def test_a_dask_cluster_gives_the_same_and_survives_the_death_of_a_worker(grade, gate, undisturbed, tmp_path):
    pytest.importorskip("distributed")
    gate.shut(EARLY)
    gate.shut(MIDDLE)
    running = start(grade(tmp_path, "--executor", "dask", jobs=2))
    wait_for_a_record(running)
    os.kill(sorted(workers(running.pid))[0], signal.SIGKILL)
    gate.open()
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert timeless(tmp_path) == timeless(undisturbed)


def test_a_run_that_is_interrupted_and_then_killed_goes_on_and_leaves_no_process_behind(
    grade, gate, undisturbed, tmp_path
):
    gate.shut(MIDDLE)
    gate.shut(LAST)
    running = start(grade(tmp_path))
    wait_for_a_record(running)
    children = descendants(running.pid)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "interrupted; what is done is saved" in said
    assert "Traceback" not in said
    wait_until_gone(children)

    gate.open()
    gate.shut(LAST)
    running = start(grade(tmp_path))
    wait_for_a_record(running)
    children = descendants(running.pid)
    running.kill()
    running.communicate()
    wait_until_gone(children)

    gate.open()
    assert "of 6 submissions graded already" in finish(grade(tmp_path))
    assert timeless(tmp_path) == timeless(undisturbed)


def test_a_file_that_may_not_grow_stops_the_run_with_a_sentence_and_it_goes_on(grade, undisturbed, tmp_path):
    """What a full disk or a quota does: one write fails."""

    def few_bytes():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    full = subprocess.run(grade(tmp_path), capture_output=True, text=True, timeout=PATIENCE, preexec_fn=few_bytes)
    assert full.returncode == 3, full.stderr
    assert "a fault of ours: cannot use" in full.stderr
    assert "Traceback" not in full.stderr
    finish(grade(tmp_path))
    assert timeless(tmp_path) == timeless(undisturbed)


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(grade, tmp_path):
    (tmp_path / "out").write_text("")
    done = subprocess.run(grade(tmp_path / "out" / "below"), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 3
    assert "the folder must be one that you may write to" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unchanged_class_reads_no_torch_and_starts_no_worker(grade, undisturbed):
    command = grade(undisturbed)
    script = (
        "import sys; sys.argv[:] = sys.argv[1:]\n"
        "from grader.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "print(sorted({'torch', 'sympy', 'distributed'} & set(sys.modules)), code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command[2:]], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stderr.splitlines()[-1] == "[] 0"
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["start", "end"]
