"""A gate in the judging of the small class: a run stands still at one submission for as long as a test wants it to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROPERTY = """\
import time
from pathlib import Path


def same_shape(inputs, value):
    if value.shape != inputs["X"].shape:
        return "the shape must stay"
    factor = round(float(abs(value).sum() / abs(inputs["X"]).sum()))
    while Path({folder!r}, str(factor)).exists():
        time.sleep(0.02)
    return None
"""


@dataclass(frozen=True)
class Gate:
    """Judging waits at whoever multiplies by a factor that is shut; nothing that student code sees has a part in it."""

    folder: Path

    def build(self, assignment: Path) -> None:
        """Put it into the small assignment."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (assignment / "problems" / "properties" / "tiny.py").write_text(PROPERTY.format(folder=str(self.folder)))

    def shut(self, factor: int) -> None:
        (self.folder / str(factor)).touch()

    def open(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
