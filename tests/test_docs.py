"""Documents that cannot drift: they are compared with what they speak of."""

import pkgutil
import re
from pathlib import Path

import click
import pytest
from test_layers import FLOOR_OF

from grader.assignment.reference import reference_text
from grader.assignment.schema import schema_text
from grader.assignment.spec import PartSpec
from grader.checks.input_language import DRAWS
from grader.checks.registry import kinds
from grader.cli import main

ROOT = Path(__file__).parent.parent
AUTHORING = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = main.list_commands(click.Context(main))


def test_the_schema_for_editors_is_the_models():
    assert (ROOT / "docs" / "problem.schema.json").read_text(encoding="utf-8") == schema_text(), "run `make schema`"


def test_the_reference_of_keys_is_the_models():
    assert (ROOT / "docs" / "problem-reference.md").read_text(encoding="utf-8") == reference_text(), "run `make schema`"


def _command(name):
    return main.get_command(click.Context(main), name)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_and_has_help(command):
    assert f"hw11 {command}" in README
    assert _command(command).help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does(command):
    options = [one for one in _command(command).params if isinstance(one, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("kind", sorted(set(kinds()) - {"call"}))
def test_every_kind_is_documented(kind):
    assert f"`{kind}`" in AUTHORING or f"kind: {kind}" in AUTHORING


@pytest.mark.parametrize("draw", sorted(DRAWS))
def test_every_draw_is_documented(draw):
    assert f"`{draw}(" in AUTHORING


@pytest.mark.parametrize("key", sorted(PartSpec.model_fields))
def test_every_key_of_a_part_is_documented(key):
    assert re.search(rf"\b{key}\b", AUTHORING)


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text) + re.findall(r'src="(?!https?:)([^"]+)"', text)
    assert [link for link in links if not (page.parent / link).exists()] == []


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:grader|reports)(?:\.\w+)+)`", CONTRIBUTING))))
def test_every_name_that_contributors_read_is_there(name):
    pkgutil.resolve_name(name)


def test_the_table_of_rooms_is_the_house():
    rooms = re.findall(r"^\| `([\w/.]+)` \|", CONTRIBUTING, re.MULTILINE)
    named = [room.removesuffix("/").removesuffix(".py").replace("/", ".") for room in rooms]
    assert sorted(named) == sorted(FLOOR_OF.keys() - {"grader.__main__"})
    floors = [FLOOR_OF[room] for room in named]
    assert floors == sorted(floors, reverse=True), "from the top floor down"


@pytest.mark.parametrize("proof", sorted(set(re.findall(r"`(tests/[\w/.]+)`", CONTRIBUTING))))
def test_every_proof_is_there(proof):
    assert (ROOT / proof).exists()
