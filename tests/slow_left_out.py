"""Hooks of pytest: a run that leaves slow tests out says how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

_COUNT = pytest.StashKey[int]()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    slow = sum(item.get_closest_marker("slow") is not None for item in items)
    stash = items[0].config.stash
    stash[_COUNT] = stash.get(_COUNT, 0) + slow


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells what it left out; all collect the same."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["slow_left_out"] = session.config.stash.get(_COUNT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[_COUNT] = getattr(node, "workeroutput", {}).get("slow_left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash.get(_COUNT, 0):
        ways = "`make test-all` runs them, `pytest -m slow` them alone"
        terminalreporter.line(f"{left_out} slow tests were left out: {ways}")
