"""What an assignment hands out as it is: `handout:` in `problems/assignment.yaml`, and the students' template."""

import ast
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.authoring.kit import drift, template_files
from grader.errors import SpecError

ROOT = Path(__file__).parents[2]
GIVEN = '"""Given as it is."""\n\nSIZE = 3  # ünïcode\n'


@pytest.fixture
def handing_out(tiny):
    """The tiny assignment with this `handout:`; `data` and `probes` hold a file each."""

    def load(*names):
        (tiny / "problems" / "probes").mkdir(exist_ok=True)
        (tiny / "problems" / "probes" / "given.py").write_text(GIVEN, encoding="utf-8")
        (tiny / "problems" / "data").mkdir(exist_ok=True)
        (tiny / "problems" / "data" / "given.py").write_text("OTHER = 1\n")
        (tiny / "problems" / "data" / "rows.csv").write_text("a,b\n1,2\n")
        about = tiny / "problems" / "assignment.yaml"
        about.write_text(f"title: Tiny\nhandout: [{', '.join(names)}]\n")
        return load_assignment(tiny)

    return load


def said(handing_out, *names):
    with pytest.raises(SpecError) as told:
        handing_out(*names)
    return str(told.value)


def test_nothing_is_handed_out_unless_it_is_named(handing_out):
    assert handing_out().handout == {}
    assert "given.py" not in template_files(handing_out())


def test_a_file_lies_beside_the_stubs_under_its_bare_name_word_for_word(handing_out):
    assignment = handing_out("probes/given.py", "data/rows.csv")
    files = template_files(assignment)
    assert (files["given.py"], files["rows.csv"]) == (GIVEN, "a,b\n1,2\n")
    assert "answers.yaml" in files
    assert not any("/" in name for name in assignment.handout)


def test_what_is_not_there_is_named_with_every_other_slip(handing_out):
    told = said(handing_out, "probes/given.py", "probes/gone.py", "data/lost.csv")
    assert "handout: there is no problems/probes/gone.py" in told
    assert "problems/data/lost.csv" in told
    assert "assignment.yaml:" in told


def test_two_files_of_one_name_cannot_lie_in_one_folder(handing_out):
    assert "two files are called given.py" in said(handing_out, "probes/given.py", "data/given.py")


@pytest.mark.parametrize(
    "name",
    ["../reference/tiny.py", "/etc/passwd", "probes/../../reference/tiny.py", "probes", "probes/", "~/x.py", "''"],
)
def test_only_files_below_problems_can_be_named(handing_out, name):
    told = said(handing_out, name)
    assert "assignment.yaml:2:" in told
    assert "should match pattern" in told


def test_a_changed_or_missing_handout_is_drift(handing_out, tmp_path):
    assignment = handing_out("probes/given.py")
    folder = tmp_path / "template"
    folder.mkdir()
    for name, text in template_files(assignment).items():
        (folder / name).write_text(text, encoding="utf-8")
    assert drift(assignment, folder) == []
    (folder / "given.py").write_text("SIZE = 4\n")
    assert drift(assignment, folder) == ["given.py"]
    (folder / "given.py").unlink()
    assert drift(assignment, folder) == ["given.py"]


def test_what_the_homework_hands_out_is_in_its_template_and_knows_no_answer():
    assignment = load_assignment(ROOT)
    assert assignment.handout
    for name, text in assignment.handout.items():
        assert (ROOT / "student_template" / name).read_text(encoding="utf-8") == text
        if name.endswith(".py"):
            tree = ast.parse(text)
            modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
            assert not {module for module in modules if (module or "").split(".")[0] in ("reference", "grader")}
