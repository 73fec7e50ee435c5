"""A real browser without a screen, and our own servers as processes of their own, for tests of pages."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from reports.pdf import find_browser

BROWSER = find_browser()
PATIENCE = 90_000
"""Milliseconds for one step of a page: ten times what the longest takes, so that a hang is told as one."""
IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine"),
]
"""Marks of a module whose tests need one."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the tests of a module; each opens contexts of its own in it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"], timeout=PATIENCE)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A context of its own, as of a person who has just sat down, and who is patient."""
    opened = browser.new_context()
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def accessible(page: Any) -> None:
    """Fail if axe finds anything wrong with a page as it stands."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


class ServedCommand:
    """A command that serves a page, on a port that stays the same when it is started again."""

    port = 0
    process: subprocess.Popen[str] | None = None

    def serve(self, *words: object, environment: Mapping[str, str], last: str) -> list[str]:
        """Start it; returns the lines that it printed, up to the first that holds `last` and a link."""
        command = [sys.executable, "-m", "grader", *map(str, words), "--port", str(self.port)]
        everything = {**os.environ, **environment}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=everything)
        lines: list[str] = []
        overdue = threading.Timer(PATIENCE / 1_000, self.process.kill)
        overdue.start()
        while not (lines and last in lines[-1] and "http" in lines[-1]):
            lines.append(self.process.stderr.readline())
            assert lines[-1], f"the server ended, or did not listen in time: {lines}"
        overdue.cancel()
        self.port = int(re.search(r"http://[^/]*:(\d+)/", lines[-1])[1])
        return lines

    def kill(self) -> None:
        """End it as a power cut would; nothing if it does not run."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process.stderr.close()
            self.process = None
