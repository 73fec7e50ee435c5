"""Another course's homework: every kind of answer and check, graded for real, with no word of ours in what it makes.

`pytest tests/test_second_homework.py --update-golden` writes the records again after a change that was meant.
"""

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.authoring.kit import kit_files, template_files
from grader.authoring.kit.public_problems import public_files
from grader.checks.registry import kinds
from grader.cli.group import main
from grader.grading.asked_names import read_submission
from grader.grading.grade import Grader
from grader.records import EVERY_PART, GradeRecord
from grader.sandbox import start_strongest
from grader.submission.discover import find_submissions
from reports.student import render_student

ROOT = Path(__file__).parent / "second_homework"
GOLDEN = Path(__file__).parent / "golden" / "second_homework"
OURS = re.compile(
    r"homework 11|\blora\b|chinchilla|soft.?prompts?|tinyml|4\*k\*\(m|\bq[1-7][a-h]\b|hw11(?! check|-)", re.I
)
"""Words of the homework in this repository. `hw11 check` is the name of the command, `hw11-…` that of the wheel."""
DECIDED = ("id", "verdict", "score", "max_score", "mistake", "message", "reading")


@pytest.fixture(scope="module")
def assignment():
    imported = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "reference"}
    yield load_assignment(ROOT)
    for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
        del sys.modules[name]
    sys.modules.update(imported)


@pytest.fixture(scope="module")
def records(assignment, judge) -> dict[str, GradeRecord]:
    """The class, graded in one sandbox."""
    executor = start_strongest(assignment.author_code.probes_dir)
    grader = Grader(assignment, executor, judge, (ROOT / "class.secret").read_bytes().strip())
    try:
        found = find_submissions([ROOT / "class"], assignment.modules, notebook=assignment.notebook).sources
        return {one.id: grader.grade(read_submission(one, assignment)) for one in found}
    finally:
        executor.close()


def test_its_author_made_no_mistake(assignment, judge):
    lint(assignment, judge)


def test_it_uses_every_kind_there_is(assignment):
    used = {
        spec.kind for part in assignment.parts for spec in (*part.fields.values(), *part.spec.runs, *part.spec.checks)
    }
    assert used == set(kinds())


@pytest.mark.parametrize("name", ["honest", "partly_wrong", "hostile"])
def test_a_submission_is_graded_as_ever(name, records, request):
    record = records[name].model_dump(mode="json")
    checks = [check for part in record["parts"] for check in part["checks"]]
    essence = {
        **{key: record[key] for key in ("student", "score", "awaiting_review", "notices")},
        "checks": [{key: check[key] for key in DECIDED if check[key]} for check in checks],
    }
    text = json.dumps(essence, indent=1, ensure_ascii=False) + "\n"
    golden = GOLDEN / f"{name}.json"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_what_is_right_earns_everything_that_no_person_decides(records):
    honest = records["honest"]
    assert honest.score + honest.awaiting_review == honest.max_score


def test_what_only_attacks_earns_nothing(records):
    assert records["hostile"].score == 0


def test_no_word_of_another_homework_is_in_what_it_makes(assignment, records):
    made = dict(template_files(assignment))
    made |= {name: content.decode() for name, content in public_files(assignment).items()}
    made |= {name: content.decode() for name, content in kit_files(assignment).items() if name.endswith(".md")}
    made |= {f"{name}.html": render_student(record, assignment) for name, record in records.items()}
    made |= {f"{name}, released": render_student(one, assignment, released=EVERY_PART) for name, one in records.items()}
    found = {
        name: sorted({match[0] for match in OURS.finditer(re.sub(r"hw11</dt>|hw11 \d+\.\d+\.\d+", "", text))})
        for name, text in made.items()
    }
    assert {name: words for name, words in found.items() if words and name != "README.md"} == {}
    assert "set3.ipynb" in made


def test_a_stub_without_tensors_imports_nothing(assignment):
    made = template_files(assignment)
    assert {name for name, text in made.items() if name.endswith(".py") and "import torch" in text} == {
        "batch.py",
        "chance.py",
    }
    assert "distance('kitten', 'sitting') gives 3" in made["words.py"]
    assert "class Cache:" in made["cache.py"]


@pytest.mark.slow
def test_the_checks_are_checked(tmp_path):
    done = CliRunner().invoke(main, ["validate", "--quick", "--jobs", "1", "--assignment", str(ROOT)])
    assert done.exit_code == 0, done.output
