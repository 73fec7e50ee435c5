"""The folder of the assignment that a command works on, and what it is called.

Owns the order in which folders are tried if none is named. Reading the folder belongs to `load`, which takes longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError


def assignment_root(chosen: Path | None, work: Sequence[Path] = ()) -> Path:
    """The folder that was named, or the nearest one around the work that holds `problems/`.

    Tried are the folders above what is worked on, then this one and those above it, then the homework that a kit's
    wheel installed with this program.

    Args:
        chosen: the folder that was named.
        work: submissions, or folders of them. None of them is looked into: what was handed in names no assignment.

    Raises:
        UsageError: no such folder has `problems/`.
    """
    for candidate in _near(work) if chosen is None else (chosen,):
        if (candidate / "problems").is_dir():
            return candidate.resolve()
    lacks = "neither this folder nor one around it has a" if chosen is None else f"{chosen} has no"
    raise UsageError(
        f"{lacks} folder `problems`: name an assignment with --assignment DIR; "
        "students get theirs by installing the wheel that lies in their kit"
    )


def title_of(root: Path) -> str:
    """The assignment's title as it is written, or the folder's name; mistakes in the file are for `load` to tell."""
    import yaml

    try:
        title = yaml.safe_load((root / "problems" / "assignment.yaml").read_text(encoding="utf-8"))["title"]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return root.name
    return title if isinstance(title, str) else root.name


def _near(work: Sequence[Path]) -> Iterator[Path]:
    handed_in = {path.resolve() for path in work}
    here = Path.cwd()
    around = [*(parent for path in handed_in for parent in path.parents), here, *here.parents]
    yield from (folder for folder in around if not handed_in & {folder, *folder.parents})
    yield Path(__file__).resolve().parent.parent / "homework"
