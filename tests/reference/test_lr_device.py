"""Which device a sweep runs on, and the path that only a GPU takes, with CUDA's graphs played by fakes.

The fakes keep what matters of the contract: recording runs nothing that may count, a replay repeats the recorded step
on whatever then stands in the recorded tensors. Kernels themselves need a GPU and are not tested here.
"""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
import torch

from reference.experiments import sweep as command
from reference.experiments.engine import Runs
from reference.experiments.given import load


@pytest.mark.parametrize(
    ("wanted", "present", "device"),
    [
        ("cpu", False, "cpu"),
        ("cpu", True, "cpu"),
        ("auto", False, "cpu"),
        ("auto", True, "cuda"),
        ("cuda", True, "cuda"),
    ],
)
def test_a_gpu_is_used_where_there_is_one_and_it_is_wanted(monkeypatch, wanted, present, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: present)
    assert command.device_for(wanted) == device


def test_asking_for_a_gpu_that_is_not_there_is_refused_before_anything_is_written(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit) as refused:
        command.main(["--out", str(tmp_path / "out"), "--device", "cuda"])
    assert str(refused.value) == (
        "hw11 run sweep: no GPU that torch can use; leave out --device or say --device cpu, which takes seconds"
    )
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().out == ""


class Graph:
    """A CUDA graph: what is recorded last is what every replay repeats."""

    recording = None

    def __init__(self):
        self.steps = []
        self.replays = 0

    def replay(self):
        self.replays += 1
        for step, arguments in self.steps:
            step(*arguments)


class Stream:
    def wait_stream(self, other):
        pass


@pytest.fixture
def graphs(monkeypatch):
    """Makes tensors claim to lie on a GPU, and the graphs that were recorded."""
    made = []

    @contextmanager
    def record(graph):
        made.append(graph)
        Graph.recording = graph
        yield
        Graph.recording = None

    @contextmanager
    def on(stream):
        yield

    real = Runs.step

    def step(self, batch, factors):
        if Graph.recording is None:
            real(self, batch, factors)
        else:
            Graph.recording.steps.append((lambda *arguments: real(self, *arguments), (batch, factors)))

    monkeypatch.setattr(Runs, "step", step)
    fakes = {"Stream": Stream, "stream": on, "current_stream": Stream, "CUDAGraph": Graph, "graph": record}
    for name, fake in {**fakes, "synchronize": lambda: None}.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    monkeypatch.setattr(torch.Tensor, "is_cuda", True)
    return made


@pytest.mark.parametrize("setting", ["linear_sgd", "mlp_sgd", "mlp_adam"])
def test_replayed_steps_end_where_plain_steps_end(setting, graphs, monkeypatch):
    """The warm-up before recording leaves no trace, and every step gets rows and factors of its own."""
    X, y, make_model, optimizer = load(setting)
    arguments = (make_model, optimizer, X, y, (2.0**-8, 2.0**-7), (0, 3))
    replayed = Runs(*arguments).train(4, 6)
    assert [(len(graph.steps), graph.replays) for graph in graphs] == [(1, 6)]
    monkeypatch.undo()
    np.testing.assert_array_equal(replayed, Runs(*arguments).train(4, 6))
