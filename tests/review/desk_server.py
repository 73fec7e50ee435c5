"""`hw11 review` as a process of its own, for tests with a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from headless import ServedCommand


class Served(ServedCommand):
    """The desk of a folder that holds a class in `graded` and its homework in `homework`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> dict[str, str]:
        """The links by marker, once it listens."""
        words = ("review", self.folder / "graded", "--marker", "ada", "--marker", "bob", "--second", "1")
        lines = self.serve(*words, "--assignment", self.folder / "homework", environment={}, last="bob")
        return dict(found.groups() for line in lines if (found := re.match(r"(\w+): (http\S+)", line)))
