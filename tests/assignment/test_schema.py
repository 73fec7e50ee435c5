"""The schema for editors: it takes every problem file as its author writes it, and refuses what the loader refuses."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "docs" / "problem.schema.json").read_text(encoding="utf-8"))
FILES = [
    file
    for place in ("problems", "tests/second_homework/problems")
    for file in sorted((ROOT / place).glob("*.yaml"))
    if file.name != "assignment.yaml"
]


@pytest.fixture(scope="module")
def validator():
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_problem_file_keeps_to_it(validator, file):
    faults = validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))
    assert [jsonschema.exceptions.best_match([fault]).message for fault in faults] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda first, second: first.update(pionts=3),
        lambda first, second: first.update(points="lots"),
        lambda first, second: first.pop("prompt"),
        lambda first, second: first["fields"]["knob"].update(right=["raise_rank", "lower_rank"]),
        lambda first, second: first["fields"]["knob"].update(kind="chioce"),
        lambda first, second: first["fields"]["knob"].pop("options"),
        lambda first, second: second["runs"][0].update(sizes=["m"]),
        lambda first, second: second["runs"][0].update(tolerance={"relative": 1}),
    ],
    ids=["key", "number", "missing", "list", "kind", "options", "sizes", "tolerance"],
)
def test_what_the_loader_refuses_is_marked_in_the_editor(validator, spoil):
    data = deepcopy(yaml.safe_load((ROOT / "problems" / "q1_lora.yaml").read_text(encoding="utf-8")))
    assert validator.is_valid(data)
    spoil(*data["parts"][:2])
    assert not validator.is_valid(data)
