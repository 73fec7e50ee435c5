"""`hw11 run`: an experiment of the homework. The engine only finds and starts it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.files.author_code import Library, LibraryError


def run(root: Path, name: str, arguments: Sequence[str]) -> int:
    """Call `main(arguments)` of `reference/experiments/NAME.py`."""
    folder = root / "reference" / "experiments"
    if not name.isidentifier() or not (folder / f"{name}.py").is_file():
        declared = [
            file.stem for file in sorted(folder.glob("*.py")) if "\ndef main(" in file.read_text(encoding="utf-8")
        ]
        raise UsageError(f"there is no experiment {name!r} (there are: {', '.join(declared) or 'none'})")
    try:
        main = Library(root).reference(f"reference.experiments.{name}:main")
    except LibraryError as error:
        raise UsageError(str(error)) from error
    return int(main(list(arguments)) or 0)
