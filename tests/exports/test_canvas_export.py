"""Into Canvas's own gradebook: one column, only numbers, everybody accounted for."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.base import Wishes, export
from grader.records import Verdict

GOLDEN = Path(__file__).parent.parent / "golden" / "exports"
COLUMN = "HW11 (48213)"
GRADEBOOK = (GOLDEN / "canvas.template.csv").read_text(encoding="utf-8")


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text(GRADEBOOK, encoding="utf-8")
    return path


def fill(graded, template, **wishes):
    return export("canvas", graded, Wishes(**{"template": template, "column": COLUMN, **wishes}))


def cells(made, column=COLUMN):
    rows = list(csv.DictReader(io.StringIO(made.files["canvas.csv"].decode("utf-8-sig"), newline="")))
    return {row["ID"]: row[column] for row in rows}


def test_one_column_is_filled_and_nothing_else_changes(graded, template, golden):
    made = fill(graded, template, column=COLUMN)
    golden("canvas.csv", made.files["canvas.csv"])
    golden("canvas.txt", "\n".join(made.messages).replace(str(template), "theirs.csv").encode() + b"\n")
    assert cells(made)["101"] == "6"
    assert cells(made)["107"] == "5.4"
    before, after = (list(csv.reader(text.splitlines())) for text in (GRADEBOOK, made.files["canvas.csv"].decode()))
    assert [row[:7] + row[8:] for row in after] == [row[:7] + row[8:] for row in before]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 3


def test_what_is_open_is_named_and_left_as_it_was(graded, template):
    made = fill(graded, template)
    assert cells(made)["103"] == "3"
    assert cells(made)["108"] == ""
    assert made.facts["open"] == ["cem", "hao"]
    assert "2 still partly open, left as they were (--provisional writes what is decided): cem, hao" in made.messages


def test_provisional_totals_are_written_if_asked_for(graded, template):
    made = fill(graded, template, provisional=True)
    assert cells(made)["108"] == "3.3"
    assert "2 still partly open, with the points decided so far: cem, hao" in made.messages


def test_excused_and_unassigned_students_keep_what_stands_there(graded, template):
    made = fill(graded, template)
    assert (cells(made)["104"], cells(made)["105"]) == ("N/A", "EX")
    assert len(made.facts["kept"]) == 2


def test_both_sides_without_a_counterpart_are_listed(graded, make_record, template):
    stranger = make_record("zoe", 1.0, student={"name": "Zoë Nobody", "id": "u9999"})
    made = fill(replace(graded, records=[*graded.records, stranger]), template)
    assert made.facts["unmatched_submissions"] == ["zoe"]
    assert made.facts["unmatched_rows"] == ["Absent, Ann (line 12)"]
    assert cells(made)["109"] == "2"


def test_students_of_one_name_are_told_apart_by_id_and_never_guessed(graded, template):
    assert [cells(fill(graded, template))[i] for i in ("106", "107")] == ["6", "5.4"]
    nameless = [one.model_copy(update={"student": {"name": one.student["name"]}}) for one in graded.records]
    strange_logins = rewritten(template, GRADEBOOK.replace(",fay,", ",zw1,").replace(",gus,", ",zw2,"))
    made = fill(replace(graded, records=nameless), strange_logins)
    assert [cells(made)[i] for i in ("106", "107")] == ["", ""]
    assert any("same name" in doubt for doubt in made.facts["doubts"])
    assert cells(made)["101"] == "6"


def test_the_number_of_canvas_decides_whatever_a_student_claims(graded, template):
    liar = graded.records[0].model_copy(update={"student": {"canvas": "109", "id": "u0001", "name": "Ada Lovelace"}})
    made = fill(replace(graded, records=[liar]), template)
    assert (cells(made)["109"], cells(made)["101"]) == ("6", "")
    gone = liar.model_copy(update={"student": {**liar.student, "canvas": "777"}})
    assert fill(replace(graded, records=[gone]), template).facts["unmatched_submissions"] == ["ada"]


def test_points_are_scaled_only_to_what_the_file_says(graded, template):
    template.write_text(GRADEBOOK.replace(",20,6,(read", ",20,100,(read"), encoding="utf-8")
    made = fill(graded, template)
    assert cells(made)["101"] == "100"
    assert "scaled from 6 to the 100 points of the file" in made.messages
    assert not any("scaled" in line for line in fill(graded, rewritten(template, GRADEBOOK)).messages)


def rewritten(template, text):
    template.write_text(text, encoding="utf-8")
    return template


def test_a_score_that_stands_there_already_is_not_touched(graded, template):
    made = fill(graded, template)
    assert b",4.50," in made.files["canvas.csv"]
    assert made.facts["unchanged"] == ["bea"]


def test_semicolons_decimal_commas_and_bytes_of_excel_are_kept(graded, template):
    head = "Student;ID;SIS Login ID;Section;HW11 (48213)\r\n    Points Possible;;;;6,00\r\n"
    template.write_bytes(b"\xef\xbb\xbf" + f"{head}Wei Zhang;107;u0007;A;3,50\r\n".encode())
    made = fill(graded, template)
    assert made.files["canvas.csv"] == b"\xef\xbb\xbf" + f"{head}Wei Zhang;107;u0007;A;5,4\r\n".encode()


@pytest.mark.parametrize(
    ("change", "wishes", "says"),
    [
        (("HW10 (48100)", "HW11 (48100)"), {"column": None}, "not clear which column"),
        ((), {"column": "HW12"}, r"'HW12' is not one of its columns — did you mean 'HW1"),
        ((), {"column": "Final Score"}, "is not one of its columns"),
        ((",20,6,(read", ",20,(read only),(read"), {"column": "48213"}, "is \\(read only\\): nothing can be imported"),
        (("Student,ID", "Name,Number"), {}, "not a gradebook of Canvas"),
        (("Section", "Group"), {}, "not a gradebook of Canvas"),
    ],
)
def test_what_cannot_be_filled_is_told_and_no_column_is_ever_made(graded, template, change, wishes, says):
    if change:
        template.write_text(GRADEBOOK.replace(*change, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        fill(graded, template, **wishes)


@pytest.mark.parametrize("column", ["HW11 (48213)", "48213", "(48213)", "HW11", "hw11"])
def test_a_column_is_named_by_title_number_or_both(graded, template, column):
    assert cells(fill(graded, template, column=column))["101"] == "6"


def test_the_only_assignment_needs_no_name(graded, template):
    text = GRADEBOOK.replace("HW10 (48100)", "Remarks")
    assert cells(fill(graded, rewritten(template, text), column=None))["101"] == "6"


@pytest.mark.parametrize("title", ["{}", " {}", "{} "])
def test_another_assignment_is_not_filled_where_ours_has_lost_its_number(graded, template, title):
    text = GRADEBOOK.replace(COLUMN, title.format(graded.assignment.title.upper()))
    with pytest.raises(UsageError, match="not clear which column"):
        fill(graded, rewritten(template, text), column=None)


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ((",20,6,(read", ",20,0,(read"), "6"),
        (('Ada",101,u0001,ada', 'Ada",101.0,x,y'), "6"),
        (("101,u0001,ada", '101,"=""u0001""",x'), "6"),
        (('"12,5",,', '"12,5",A-,'), "6"),
        (('"12,5",,', '"12,5",85%,'), "6"),
    ],
)
def test_what_spreadsheets_and_people_leave_in_a_gradebook_costs_nobody_a_grade(graded, template, change, score):
    assert change[0] in GRADEBOOK
    made = fill(graded, rewritten(template, GRADEBOOK.replace(*change)))
    row = next(row for row in csv.reader(io.StringIO(made.files["canvas.csv"].decode())) if row[0] == "Lovelace, Ada")
    assert row[7] == score
    assert any("is no number and was replaced" in line for line in made.messages) == ("12,5" in change[0])


@pytest.mark.parametrize("more", ["", ","])
def test_a_row_whose_cells_are_shifted_is_left_and_told(graded, template, more):
    text = GRADEBOOK.replace('"Lovelace, Ada",101', "Lovelace, Ada,101").replace('"12,5"', "12")
    header, *rows = text.rstrip("\n").split("\n")
    made = fill(graded, rewritten(template, "\n".join([header, *(f"{row}{more}" for row in rows)])))
    written = made.files["canvas.csv"].decode()
    assert "Lovelace, Ada,101,u0001,ada,CS 101,=1+1" in written
    assert any("(line 4): more cells than columns" in line for line in made.messages)
    assert cells(made)["102"] == "4.50"


def test_a_fault_of_ours_is_never_a_zero(graded, template):
    record = graded.records[0]
    part = record.parts[0]
    broken = part.checks[0].model_copy(update={"verdict": Verdict.HARNESS_ERROR, "score": None})
    faulty = record.model_copy(
        update={"score": 0.0, "parts": (part.model_copy(update={"checks": (broken, *part.checks[1:])}),)}
    )
    made = fill(replace(graded, records=[faulty]), template)
    assert cells(made)["101"] == ""
    assert made.facts["open"] == ["ada"]


@pytest.mark.parametrize(
    ("title", "cell", "is_ours"),
    [
        ("HW11 Final Score (48213)", "6", True),
        ("Quiz Final Points (48213)", "6", True),
        ("Current Grade (48213)", "6", True),
        ("Final Score (48213)", "(read only)", False),
        ("Current Score", "6", False),
        ("Labs Unposted Final Score", "(read only)", False),
    ],
)
def test_an_assignment_titled_like_a_total_is_none(graded, template, title, cell, is_ours):
    head = f"Student,ID,SIS Login ID,Section,{title}\n    Points Possible,,,,{cell}\n"
    template.write_text(f'{head}"Lovelace, Ada",101,u0001,A,\n', encoding="utf-8")
    if is_ours:
        assert cells(fill(graded, template, column=None), title) == {"": cell, "101": "6"}
    else:
        with pytest.raises(UsageError, match="not clear which column"):
            fill(graded, template, column=None)


@pytest.mark.parametrize(
    ("points", "stands", "written"),
    [("1,000", "", "1000"), ("2001", "1,250", "2001"), ("1,000", "1,000", "1,000"), ("6,5", "3,25", "6,5")],
)
def test_thousands_are_never_taken_for_decimals(graded, template, points, stands, written):
    head = f'Student,ID,SIS Login ID,Section,{COLUMN}\n    Points Possible,,,,"{points}"\n'
    template.write_text(f'{head}"Lovelace, Ada",101,u0001,A,"{stands}"\n', encoding="utf-8")
    assert cells(fill(graded, template))["101"] == written
