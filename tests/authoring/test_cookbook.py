"""Each recipe of the cookbook stands in a homework without a fault, beside the code that it names."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.assignment.lint import lint
from grader.assignment.load import read_assignment
from grader.checks.registry import kinds
from grader.errors import SpecError
from grader.maths.judge_process import Judge

ROOT = Path(__file__).parents[2]
SECOND = ROOT / "tests" / "second_homework"
BOOK = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
RECIPES = [
    yaml.safe_load(textwrap.dedent(block).replace("does: …", "does: What it does."))
    for block in re.findall(
        r"```yaml\n(.*?)```", BOOK.partition("## Cookbook")[2].partition("## The file in detail")[0], re.DOTALL
    )
]
FIELD = {"kind": "text", "points": 1, "asks": "Why?", "rubric": [{"earns": "says why", "points": 1}]}


def placed(recipe: Any) -> dict[str, Any]:
    """A recipe where it belongs in a part: named entries are fields, lists are runs or checks."""
    if isinstance(recipe, dict):
        return recipe if recipe.keys() & {"functions", "runs"} else {"fields": recipe}
    found: dict[str, Any] = {}
    for one in recipe:
        kind = kinds()[one.get("kind", "call")]
        found.setdefault(kind.place, []).append(one)
    return found


def as_part(number: int, recipe: Any) -> dict[str, Any]:
    part = placed(recipe)
    why = {**FIELD, "full": "Because.", "empty": "It is."}  # examples alone are worth nothing
    part = {**part, "fields": {**part.get("fields", {}), "why": why}}
    entries = [*part["fields"].values(), *part.get("runs", ()), *part.get("checks", ())]
    points = sum(one.get("points", 0) for one in entries)
    return {"id": f"z{number}", "title": "A recipe", "prompt": "Do it.", "points": points, **part}


@pytest.fixture
def homework(tmp_path):
    """`homework(recipes)` is the second homework with a part for each of these."""
    root = tmp_path / "cook"
    shutil.copytree(SECOND, root)

    def add(recipes):
        parts = [as_part(number, recipe) for number, recipe in enumerate(recipes)]
        text = yaml.safe_dump({"id": "z", "title": "Recipes", "parts": parts}, sort_keys=False)
        (root / "problems" / "z_recipes.yaml").write_text(text)
        return root

    return add


def faults(root: Path) -> list[str]:
    with Judge() as judge:
        try:
            assignment, slips = read_assignment(root)
            lint(assignment, judge, slips)
        except SpecError as error:
            return [str(one) for one in error.diagnostics]
    return []


def test_every_recipe_validates(homework):
    assert len(RECIPES) > 15
    assert faults(homework(RECIPES)) == []


def test_a_recipe_that_names_what_is_not_there_would_be_told(homework):
    root = homework([[{"call": "words.distance", "points": 1, "inputs": {"a": "n"}}]])
    for other in root.glob("problems/p[2-6]*.yaml"):
        other.unlink()
    (told,) = faults(root)
    assert "'n' is neither a size nor an earlier input" in told
