"""Nothing in a students' kit says what is right: every file of it is searched, those inside the wheel, too."""

import ast
import io
import re
import zipfile
from pathlib import Path

import pytest
from homework import ASSIGNMENT

from grader.authoring.kit import kit_files
from grader.checks.spec import WITHHELD
from grader.files.author_code import AuthorCodeError
from grader.files.yaml_source import read_yaml

ROOT = Path(__file__).parent.parent.parent
LONG = 12
"""Characters: what is shorter is met by chance, and is covered by the tests of the problems' shape."""
DIGITS = 4
SECRET_KEYS = {"mistakes", "follows", "from", "within", "also", "when", "evidence", "staff_note"}


@pytest.fixture(scope="module")
def assignment():
    return ASSIGNMENT


@pytest.fixture(scope="module")
def kit(assignment):
    """Every file of the kit, and of the wheel in it, by path."""
    files = kit_files(assignment)
    wheel = next(name for name in files if name.endswith(".whl"))
    with zipfile.ZipFile(io.BytesIO(files[wheel])) as archive:
        inside = {f"{wheel}/{name}": archive.read(name) for name in archive.namelist()}
    return {name: content.decode() for name, content in {**files, **inside}.items() if name != wheel}


def problems_in(kit):
    """Each problem as data, by path."""
    found = {name: read_yaml(text).data for name, text in kit.items() if re.search(r"problems/\w+\.yaml$", name)}
    return {name: data for name, data in found.items() if "parts" in data}


def public_words(assignment):
    """All that an author tells students on purpose."""
    for problem in assignment.problems:
        yield from (problem.title, problem.intro)
        for part in problem.parts:
            yield from (part.spec.title, part.spec.prompt)
            yield from (f.does + f.signature + str(f.methods) for f in part.spec.functions.values())
            yield from (getattr(field, "asks", "") for field in part.fields.values())
            yield from (key for field in part.spec.fields.values() for key in getattr(field, "options", ()))
            yield from (
                option.text for field in part.fields.values() for option in getattr(field, "options", {}).values()
            )
            yield from (f"{one.title} {one.inputs} {one.sizes}" for one in part.spec.runs if one.shown_to() == "public")
            yield from (f"{getattr(one, 'says', '')} {getattr(one, 'asks', '')}" for one in part.spec.checks)


def hidden_words(assignment):
    """Every text of an author that says what is right, or what is wrong and why. A rule's own words are the rule's."""
    for part in assignment.parts:
        yield part.spec.staff_note
        for spec in (*part.spec.fields.values(), *part.spec.runs, *part.spec.checks):
            if isinstance(getattr(spec, "expect", None), str):
                yield spec.expect
            yield getattr(spec, "follows", None) or ""
            yield from (getattr(spec, "full", ""), getattr(spec, "empty", ""))
            yield from (item.earns for item in getattr(spec, "rubric", ()))
            yield from (option.says for option in getattr(spec, "options", {}).values())
            yield from (other.answer for other in getattr(spec, "also", ()))
            for mistake in getattr(spec, "mistakes", ()):
                yield from (getattr(mistake, key, "") for key in ("answer", "code", "data"))
                if getattr(spec, "holds", None) is None:
                    yield mistake.says


def public_rules(assignment):
    """The properties that students have: what they say, they say before the deadline."""
    specs = [spec for part in assignment.parts for spec in (*part.spec.runs, *part.spec.checks)]
    return {
        spec.holds for spec in specs if spec.kind == "table" or (spec.kind == "call" and spec.shown_to() == "public")
    }


def right_answers(assignment):
    for part in assignment.parts:
        for spec in part.spec.fields.values():
            if isinstance(getattr(spec, "expect", None), str):
                try:
                    yield assignment.author_code.expectation(spec.expect)
                except (AuthorCodeError, TypeError):
                    continue


def assert_nowhere(kit, texts):
    found = {(text, name) for text in texts for name, content in kit.items() if text in content}
    assert found == set()


def test_no_hidden_literal_is_in_it(assignment, kit):
    public = "\n".join(public_words(assignment))
    literals = {text.strip() for text in hidden_words(assignment)}
    searched = {text for text in literals if len(text) >= LONG and text not in public}
    assert len(searched) > 1000
    assert_nowhere(kit, searched)


def test_no_rule_of_a_hidden_check_is_in_it(assignment, kit):
    rules = {spec.holds for part in assignment.parts for spec in part.spec.runs if spec.holds}
    hidden = rules - public_rules(assignment)
    assert hidden
    assert_nowhere(kit, {f"def {rule.partition(':')[2]}(" for rule in hidden})


def test_no_right_formula_or_number_is_in_it(assignment, kit):
    public = "\n".join(public_words(assignment))
    answers = set(right_answers(assignment))
    numbers = {text for text in answers if re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?", text)}
    precise = {text for text in numbers if len(re.sub(r"\D|0+$", "", text.partition("e")[0])) >= DIGITS}
    formulas = {text for text in answers - numbers if len(text) >= LONG}
    assert len(formulas) > 20
    assert len(precise) > 20
    assert_nowhere(kit, {text for text in formulas | precise if text not in public})


def test_no_answer_of_the_reference_is_in_it(assignment, kit):
    public = "\n".join(public_words(assignment))
    parts = read_yaml((ROOT / "reference" / "answers.yaml").read_text()).data
    answers = {str(answer).strip() for fields in parts.values() for answer in fields.values()}
    assert_nowhere(kit, {text for text in answers if len(text) >= LONG and text not in public})


def test_no_source_of_the_reference_is_in_it(assignment, kit):
    """Neither a line nor a function's name, unless students are told it: what they write has the same names."""
    told = "\n".join(kit[name] for name in kit if "/problems/p" in name) + "\n".join(public_words(assignment))
    stubs = "\n".join(text for name, text in kit.items() if ".whl" not in name)
    lines, names = set(), set()
    for file in sorted((ROOT / "reference").rglob("*.py")):
        source = file.read_text()
        lines |= {line.strip() for line in source.splitlines() if len(line.strip()) >= 30}
        names |= {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    secret = {line for line in lines if line not in told and not line.startswith(("from ", "import ", "def "))}
    homework = {name: text for name, text in kit.items() if "/grader/homework/" in name or ".whl" not in name}
    assert_nowhere(homework, {line for line in secret if line not in stubs})
    unusual = {name for name in names if len(name) >= LONG and not name.startswith("_") and name not in told + stubs}
    assert len(unusual) > 50
    assert_nowhere(homework, unusual)


def test_what_a_problem_still_says_is_only_what_is_asked(kit):
    problems = problems_in(kit)
    assert problems
    for data in problems.values():
        for part in data["parts"]:
            assert not SECRET_KEYS & set(part)
            for field in part.get("fields", {}).values():
                assert not SECRET_KEYS & set(field)
                assert {field.get(key, WITHHELD) for key in ("expect", "right", "full", "empty")} == {WITHHELD}
                assert {item["earns"] for item in field.get("rubric", ())} <= {WITHHELD}
                assert all(isinstance(option, str) for option in field.get("options", {}).values())
            for run in part.get("runs", ()):
                assert "mistakes" not in run
                if run.get("visibility") == "hidden":
                    assert set(run) <= {
                        "call",
                        "property",
                        "title",
                        "points",
                        "tolerance",
                        "after",
                        "bonus",
                        "visibility",
                        "expect",
                        "holds",
                    }


def test_neither_reference_nor_staff_files_are_in_it(kit):
    inside = [name.partition(".whl/")[2] for name in kit]
    assert not [
        name for name in inside if "homework/reference" in name or name.endswith((".sqlite", ".secret", ".pyc"))
    ]


@pytest.mark.parametrize("planted", ["mistake", "rubric", "staff note"])
def test_the_search_would_find_one(kit, assignment, planted):
    """A search that cannot fail proves nothing."""
    text = next(text for text in hidden_words(assignment) if len(text) >= LONG)
    with pytest.raises(AssertionError):
        assert_nowhere({**kit, planted: f"… {text} …"}, {text})
