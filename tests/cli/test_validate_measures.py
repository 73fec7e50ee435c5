"""`hw11 validate` measures an assignment that it has never seen: in the sandbox, resumable, with survivors as diffs."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from command_line import hw11

LAYERED = """
import torch
from torch import nn

class Scaled(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(float(factor), dtype=torch.float64))

    def forward(self, X):
        return self.factor * X

def trained(X, steps):
    model, i = Scaled(1.0), 0
    optimizer = torch.optim.SGD(model.parameters(), lr=0.125)
    while i < steps:
        optimizer.zero_grad()
        model(X).square().mean().backward()
        optimizer.step()
        i += 1
    return model(X).detach()

def clipped(X):
    return X.clamp(-9.0, 9.0)
"""
PROBLEM = """
id: course
title: Another course
parts:
  - id: one
    title: Layers
    prompt: Write them.
    points: 2
    functions:
      layers.trained: {signature: '(X, steps) -> Y', does: Train.}
      layers.clipped: {signature: '(X) -> Y', does: Clip.}
    runs:
      - {call: layers.trained, points: 1, sizes: {m: 1..4, steps: 1..5}, always: [{steps: 1}, {steps: 5}],
         inputs: {X: 'normal(m, 2)', steps: steps}}
      - {call: layers.clipped, points: 1, sizes: {m: 1..4}, inputs: {X: normal(m)}}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    files = {
        "problems/course.yaml": PROBLEM,
        "reference/__init__.py": "",
        "reference/layers.py": LAYERED,
        "reference/answers.yaml": "one: {}\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def command(course, *words):
    functions = [word for name in ("trained", "clipped") for word in ("--function", f"layers.{name}")]
    measured = ["validate", "--assignment", str(course), "--secrets", "4", "--jobs", "1", "--json", *functions, *words]
    return [sys.executable, "-m", "grader", *measured]


def trials(stdout):
    return sorted((json.loads(line) for line in stdout.splitlines()), key=lambda trial: (trial["group"], trial["name"]))


@pytest.fixture(scope="module")
def done(course):
    """A run that was killed half-way, and the one that went on: what was kept between them, and what came out."""
    kept = course / "out" / "validate.jsonl"
    with subprocess.Popen(command(course), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        while first.poll() is None and not (kept.is_file() and kept.read_text().count("\n") >= 5):
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
    before = [json.loads(line)[1] for line in kept.read_text().splitlines() if line.endswith("]")]
    return before, subprocess.run(command(course), capture_output=True, text=True, timeout=900)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on(done):
    before, finished = done
    assert len(before) >= 5
    after = {trial["name"]: trial["seconds"] for trial in trials(finished.stdout)}
    assert all(after[trial["name"]] == trial["seconds"] for trial in before), "what was kept was measured again"
    assert len(after) > len(before)


@pytest.mark.slow
def test_survivors_are_told_as_diffs_with_the_check_that_should_have_seen_them(done):
    finished = done[1]
    assert finished.returncode == 1
    survivors = [trial for trial in trials(finished.stdout) if (trial["measured"] or {}).get("verdict") == "surviving"]
    assert {trial["measured"]["function"] for trial in survivors} == {"layers.clipped"}
    (dropped,) = [trial for trial in survivors if trial["measured"]["change"].endswith("→ return X")]
    assert dropped["measured"]["check"] == "one.run.clipped"
    assert "no check sees it; one.run.clipped should have with m = " in dropped["fault"]
    assert "-    return X.clamp(-9.0, 9.0)\n+    return X" in dropped["measured"]["diff"]
    assert "    +    return X\n" in finished.stderr


@pytest.mark.slow
def test_classes_and_training_loops_are_changed_and_endless_ones_end(done):
    by_change = {
        trial["measured"]["change"]: trial["measured"] for trial in trials(done[1].stdout) if trial["measured"]
    }
    for change in (
        "super().__init__() → pass",
        "optimizer.step() → pass",
        "i += 1 → pass",
        "optimizer.zero_grad() → pass",
    ):
        assert by_change[change]["verdict"] == "killed", change
    assert by_change["i += 1 → pass"]["at_least"] == 1.0
    assert by_change["return self.factor * X → return self.factor / X"]["verdict"] == "killed"


def test_a_function_that_nothing_checks_is_told(course):
    done = hw11("validate", "--assignment", course, "--function", "layers.trainde")
    assert done.exit_code == 2
    assert "no check gives points for layers.trainde — there are: layers.trained, layers.clipped" in done.stderr
