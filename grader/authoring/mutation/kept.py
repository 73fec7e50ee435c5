"""Results kept in a file while a long run goes on, so that one that was ended goes on where it stopped.

Owns the file: one line of JSON each, only ever added to. A line that was cut off is not read.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any


class KeptResults:
    """Results by key. Where the file cannot be written, they are held for this run alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, Any] = {}
        text = _read(path)
        self._cut_off = text and not text.endswith("\n")
        for line in text.splitlines():
            with suppress(ValueError, TypeError):
                key, result = json.loads(line)
                self._found[key] = result

    def find(self, key: str) -> Any:
        """What is kept under a key; None for nothing."""
        return self._found.get(key)

    def add(self, key: str, result: Any) -> None:
        """Keep a result, on the disk at once."""
        self._found[key] = result
        line = json.dumps([key, result]) + "\n"
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write("\n" + line if self._cut_off else line)
            self._cut_off = False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
