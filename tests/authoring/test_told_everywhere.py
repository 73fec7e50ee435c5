"""What is asked stands in every form in which students meet a part: answers file, stubs or notebook, and the page."""

import html
import json
import re
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.assignment.symbols import in_short
from grader.authoring.kit import kit_files
from grader.authoring.kit.notebook import notebook_text
from grader.authoring.kit.public_problems import public_files
from grader.authoring.kit.template import file_names, files_in, files_to_fill_in, rules_in, stub
from grader.edit.pages import problem_page
from grader.edit.service import EditService
from grader.edit.work import Work

ROOT = Path(__file__).parent.parent.parent


def bare(text):
    """A text without markup, line ends and comment signs."""
    return " ".join(re.sub(r"[#`*$\\]", "", html.unescape(re.sub(r"<[^>]+>", "", text))).split())


@pytest.fixture(scope="module", params=[ROOT, ROOT / "tests" / "second_homework"], ids=["first", "second"])
def places(request, tmp_path_factory, judge):
    """The assignment as its students have it, and by place all that it says there."""
    whole = load_assignment(request.param)
    root = tmp_path_factory.mktemp("kit")
    for path, content in public_files(whole).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    assignment = load_assignment(root)
    (work := root / "work").mkdir()
    service = EditService(Work(work, assignment), judge, judge, None)
    page = "".join(problem_page(service, problem) for problem in assignment.problems)
    cells = json.loads(notebook_text(assignment))["cells"]
    told = {
        "answers": files_to_fill_in(assignment)["answers.yaml"],
        "notebook": "\n".join("".join(cell["source"]) for cell in cells),
        "page": page,
        "readme": kit_files(whole)["README.md"].decode(),
    }
    return assignment, {place: bare(text) for place, text in told.items()}


@pytest.mark.parametrize("place", ["answers", "notebook", "page", "readme"])
def test_which_files_are_handed_in_and_what_they_hold(places, place):
    assignment, told = places
    lines = [line for part in assignment.parts for line in files_in(part)]
    assert lines
    assert all(name in told[place] for name in file_names(assignment))
    assert [line for line in lines if bare(line) not in told[place]] == []


@pytest.mark.parametrize("place", ["answers", "page"])
def test_what_functions_must_keep_to(places, place):
    assignment, told = places
    rules = [rule for part in assignment.parts for rule in rules_in(part)]
    assert rules
    assert [rule for rule in rules if bare(rule) not in told[place]] == []


def test_stubs_and_notebook_hold_the_same_rules(places):
    assignment, _ = places
    for part in assignment.parts:
        for name in part.spec.functions:
            written = bare(stub(assignment, part, name))
            rules = [rule.partition(": ")[2] for rule in rules_in(part) if rule.startswith(f"`{name}`")]
            assert [rule for rule in rules if bare(rule) not in written] == []


@pytest.mark.parametrize("place", ["answers", "page"])
def test_every_function_of_a_part_is_named(places, place):
    assignment, told = places
    names = [name for part in assignment.parts for name in part.spec.functions]
    assert [name for name in names if name not in told[place]] == []


def test_bounds_and_forbidden_names_are_among_the_rules():
    second = load_assignment(ROOT / "tests" / "second_homework")
    rules = {part.id: " ".join(rules_in(part)) for part in second.parts}
    assert "the share of right labels must be at least 0.9" in rules["p6b"]
    assert "without `torch.nn.BatchNorm1d`" in rules["p5a"]
    assert files_in(next(part for part in second.parts if part.id == "p6c")) == [
        "Hand in `throws.csv`: Counts of sixty throws.",
        "Hand in `throws.png`: A bar chart of your counts.",
    ]


@pytest.mark.parametrize(
    ("signature", "line"),
    [("()", "(self):"), ("( )", "(self):"), ("(d)", "(self, d):"), ("(d, *, e=1) -> X", "(self, d, *, e=1):")],
)
def test_a_method_without_parameters_has_no_stray_comma(tiny, signature, line):
    problem = tiny / "problems" / "tiny.yaml"
    box = f"other.Box: {{signature: '{signature}', base: '', methods: {{go: ()}}, does: A box.}}"
    problem.write_text(f"{problem.read_text()}    functions:\n      {box}\n")
    text = files_to_fill_in(load_assignment(tiny))["other.py"]
    assert f"def __init__{line}" in text
    assert "def go(self):" in text
    compile(text, "other.py", "exec")


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ("positive integer", "positive integer"),
        ("nonnegative  integer", "nonnegative integer"),
        ("scalar", "real"),
        ("probability", "probability"),
        ("function", "function"),
        ("matrix m x k", "m×k"),
        ("matrix 3 x 2", "3×2"),
        ("identity n x n", "identity, n×n"),
        ("orthogonal matrix d x r", "orthogonal, d×r"),
        ("symmetric, positive definite matrix n x n", "symmetric positive definite, n×n"),
        ("unit vector n", "unit vector, n×1"),
    ],
)
def test_a_symbol_is_told_with_what_it_is(phrase, told):
    assert in_short(phrase) == told
