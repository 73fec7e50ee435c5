"""What is in the template and in the kit.

Owns the lists of their files and the check that a template is what the problems give. The text of each file belongs to
its own module.
"""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.authoring.kit.notebook import notebook_text
from grader.authoring.kit.public_problems import public_files
from grader.authoring.kit.template import files_in, files_to_fill_in, formula_example
from grader.authoring.kit.wheel import build_wheel

README = "README.md"


def template_files(assignment: Assignment) -> dict[str, str]:
    """Every file of the student template, by name."""
    return {**files_to_fill_in(assignment), assignment.notebook: notebook_text(assignment)}


def kit_files(assignment: Assignment) -> dict[str, bytes]:
    """Every file of the kit, by name: the template, a wheel with the public assignment, and how to begin.

    Raises:
        SpecError: the public assignment cannot be used; nothing is handed out that does not load.
    """
    homework = public_files(assignment)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in homework.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        load_assignment(Path(folder))
    wheel, content = build_wheel(homework)
    template = {name: text.encode() for name, text in template_files(assignment).items()}
    return {**template, wheel: content, README: _readme(assignment, wheel).encode()}


def drift(assignment: Assignment, folder: Path) -> list[str]:
    """Names of template files that differ from what the problems give, missing and superfluous ones included."""
    wanted = template_files(assignment)
    present = {file.name for file in folder.iterdir() if file.is_file()} if folder.is_dir() else set()
    changed = {
        name
        for name, text in wanted.items()
        if name not in present or (folder / name).read_text(encoding="utf-8", errors="replace") != text
    }
    return sorted(changed | {name for name in present - set(wanted) if name.endswith((".py", ".yaml", ".ipynb"))})


def _readme(assignment: Assignment, wheel: str) -> str:
    text = (files("grader.authoring.kit") / "README.md").read_text(encoding="utf-8")
    modules = ", ".join(f"`{module}.py`" for module in assignment.modules)
    first = next(iter(assignment.parts)).id
    words = {
        "TITLE": assignment.title,
        "WHEEL": wheel,
        "NOTEBOOK": assignment.notebook,
        "MODULES": modules,
        "PART": first,
        "FILES": _wanted(assignment),
    }
    words["TEXT"], words["LATEX"] = formula_example(assignment)
    return text.format_map(words)


def _wanted(assignment: Assignment) -> str:
    """What is said of files that are handed in beside answers and code; empty where there are none."""
    listed = [f"- {part.id}: {line}" for part in assignment.parts for line in files_in(part)]
    if not listed:
        return ""
    how = (
        "Some parts want files of your own: put them into this folder and hand in the zip, with or without a notebook."
    )
    return "\n".join([f" {how}", "", *listed])
