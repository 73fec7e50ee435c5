"""What is made of a batch when its calls take long, without any process."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.sandbox import run_calls
from grader.sandbox.base import Limits, Probe, ProbeBatch

REPLY = {"status": "returned", "value": 1, "message": "", "where": ""}


@pytest.mark.parametrize(("cpu", "wall", "starts"), [(1.0, 1.0, 2), (3.1, 1.0, 4), (1.6, 1.0, 2), (0.0, 7.0, 2)])
def test_a_call_that_replies_as_time_runs_out_leaves_the_next_a_process_of_its_own(monkeypatch, cpu, wall, starts):
    given, started = [], []

    def ask(process, body, limits):
        given.append(limits)
        used = {"cpu_seconds": cpu, "wall_seconds": wall, "reply_bytes": 1}
        return SimpleNamespace(end="replied", reply=REPLY, stdout=bytearray(), stderr=bytearray(), **used)

    def start(limits):
        started.append(SimpleNamespace(end=lambda grace: None))
        return started[-1]

    monkeypatch.setattr(run_calls, "ask", ask)
    probes = tuple(Probe(f"p#{i}", "m", f"f{i}") for i in range(4))
    seen = run_calls.run_calls(start, (), [ProbeBatch("p", probes, Limits(cpu_seconds=3.0, wall_seconds=14.0))])
    assert [(one.status, one.message) for one in seen] == [("returned", "")] * 4
    assert all(limits.cpu_seconds > 0 and limits.wall_seconds > 0 for limits in given), "no limit below nothing"
    assert len(started) == starts
