"""Into Moodle's own worksheet: grades and empty comments, in any language of the site."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exports.base import Wishes, export

TEMPLATE = (Path(__file__).parent.parent / "golden" / "exports" / "moodle.template.csv").read_text(encoding="utf-8")


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def fill(graded, template, **wishes):
    return export("moodle", graded, Wishes(template=template, **wishes))


def cells(made, column=4):
    rows = list(csv.reader(io.StringIO(made.files["moodle.csv"].decode("utf-8-sig"), newline="")))
    return {row[0].lstrip("abcdefghijklmnopqrstuvwxyzPT/ "): row[column] for row in rows[1:]}


def test_grades_are_filled_and_nothing_else_changes(graded, template, golden):
    made = fill(graded, template)
    golden("moodle.csv", made.files["moodle.csv"])
    assert cells(made) == {
        "2001": "6",
        "2002": "4.50",
        "2003": "1.00",
        "2004": "1.5",
        "2005": "",
        "2006": "6",
        "2007": "5.4",
        "2008": "",
        "2009": "",
    }
    theirs = [row[:4] + row[5:] for row in csv.reader(io.StringIO(TEMPLATE))]
    assert [row[:4] + row[5:] for row in csv.reader(io.StringIO(made.files["moodle.csv"].decode()))] == theirs


def test_what_was_left_out_is_named(graded, template):
    facts = fill(graded, template).facts
    assert facts["open"] == ["cem", "hao"]
    assert facts["kept"] == ["王小明 (line 7): Moodle has locked this grade"]
    assert facts["unmatched_rows"] == ["Ann Absent (line 11)"]


def test_feedback_fills_empty_cells_alone(graded, template, golden):
    made = fill(graded, template, feedback=True)
    golden("moodle-feedback.csv", made.files["moodle.csv"])
    comments = cells(made, column=9)
    assert comments["2001"] == "6 of 6 points<br>tinya: 4 of 4<br>tinyb: 2 of 2"
    assert comments["2006"] == "<p>well done</p>"
    assert comments["2008"] == comments["2005"] == ""
    assert "1 with feedback already, left as it was: Wei Zhang" in made.messages


def test_feedback_needs_its_column(graded, template):
    template.write_text(TEMPLATE.replace("Feedback comments", "Notes"), encoding="utf-8")
    with pytest.raises(UsageError, match="no column for feedback comments"):
        fill(graded, template, feedback=True)


HEADERS = {
    "german": ("Teilnehmer/in", 'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung'),
    "french": ("Participant ", 'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale"'),
    "spanish": ("Participante ", 'Identificador,"Nombre completo","Correo electrónico",Estado,Calificación,"Máx."'),
    "unknown": ("Osallistuja ", 'Tunniste,"Koko nimi",Sähköposti,Tila,Arvosana,Enimmäisarvosana'),
}


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_found_whatever_language_the_site_speaks(graded, template, language):
    word, header = HEADERS[language]
    old = 'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade"'
    template.write_text(TEMPLATE.replace(old, header).replace("Participant ", word), encoding="utf-8")
    numbered = [
        one.model_copy(update={"student": {**one.student, "moodle": str(2001 + i)}})
        for i, one in enumerate(graded.records)
    ]
    made = fill(replace(graded, records=numbered), template)
    assert {one["submission"] for one in made.facts["filled"]} == {"ada", "dan", "fay", "gus"}
    assert b'Status,"' not in made.files["moodle.csv"]


def test_a_column_can_be_named(graded, template):
    template.write_text(TEMPLATE.replace(",Grade,", ",Punkte,").replace("6.00", ""), encoding="utf-8")
    with pytest.raises(UsageError, match=r"which column holds the grade.*'Punkte'"):
        fill(graded, template)
    assert cells(fill(graded, template, column="Punkte"))["2001"] == "6"
    with pytest.raises(UsageError, match="no one column 'Note'"):
        fill(graded, template, column="Note")


def test_blind_marking_matches_by_participant_number_alone(graded, template):
    rows = ["Identifier,Status,Grade,Maximum Grade,Last modified (grade)"]
    rows += [f"Participant {2001 + i},Submitted,,100.00,-" for i in range(8)]
    template.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode() + b"\r\n")
    blind = [one.model_copy(update={"student": {"moodle": str(2001 + i)}}) for i, one in enumerate(graded.records)]
    made = fill(replace(graded, records=blind), template)
    assert cells(made, 2)["2002"] == "75"
    assert made.files["moodle.csv"].startswith(b"\xef\xbb\xbfIdentifier,")
    assert made.files["moodle.csv"].count(b"\r\n") == len(rows)
    assert "scaled from 6 to the 100 points of the file" in made.messages


def test_a_typed_id_never_reaches_past_the_number_of_moodle(graded, template):
    liar = graded.records[0].model_copy(
        update={"student": {"moodle": "2009", "name": "Ada Lovelace", "email": "ada@uni.example"}}
    )
    assert cells(fill(replace(graded, records=[liar]), template))["2009"] == "6"


@pytest.mark.parametrize(
    "content", ["a,b,c\n1,2,3\n,x,y\n", "Identifier,Grade\n", "Student,ID,SIS Login ID,Section\nAda,x,y,z\n"]
)
def test_another_file_is_refused(graded, template, content):
    template.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="not a grading worksheet of Moodle"):
        fill(graded, template)


def test_a_worksheet_without_its_first_line_is_refused(graded, template):
    template.write_text(template.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    with pytest.raises(UsageError, match="the first line must hold the names of the columns"):
        fill(graded, template)


def test_semicolons_are_told_because_moodle_refuses_them(graded, template):
    template.write_text("Identifier;Grade;Maximum Grade\nParticipant 1;;6,00\n", encoding="utf-8")
    assert any("Moodle imports commas alone" in line for line in fill(graded, template).messages)


@pytest.mark.parametrize(
    "header",
    [
        "識別碼,全名,電子郵件信箱,狀態,成績,最高分,上次修改(成績)",
        'Идентификатор,"Полное имя","Адрес электронной почты",Статус,Оценка,"Высшая оценка","Последнее изменение"',
        'Kimlik,"Tam adı","E-posta adresi",Durum,Not,"En yüksek not","Son değiştirme"',
    ],
)
def test_a_language_that_nobody_foresaw_is_read_by_position_and_pattern(graded, template, header):
    rows = [
        'Participant 1,"Ada Lovelace",ada@uni.example,x,,6,-',
        'Participant 2,"Someone Else",bea@uni.example,x,1.5,6,x',
    ]
    template.write_text("\n".join([header, *rows]), encoding="utf-8")
    assert cells(fill(graded, template)) == {"1": "6", "2": "4.5"}


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Ja", "Nee"), ("Sim", "Não"), ("Sì", "No"), ("はい", "いいえ"), ("Да", "Нет"), ("ναι", "ΌΧΙ"), ("Kyllä", "Ei")],
)
def test_a_locked_grade_is_known_in_any_language(graded, template, yes, no):
    rows = [
        f'"Participant {i}","{name}",{id_}@uni.example,x,,6,x,{word},-'
        for i, name, id_, word in [(1, "Ada Lovelace", "ada", yes), (2, "Wei Zhang", "fay", no)]
    ]
    template.write_text("\n".join(["A,B,C,D,Grade,F,G,H,I", *rows]), encoding="utf-8")
    made = fill(graded, template)
    assert cells(made) == {"1": "6", "2": ""}
    assert made.facts["kept"] == ["Wei Zhang (line 3): Moodle has locked this grade"]


def test_a_file_that_says_of_no_grade_whether_it_is_locked_is_told(graded, template):
    template.write_text("Identifier,Full name,Grade,Maximum Grade\nParticipant 1,Ada Lovelace,,6\n", encoding="utf-8")
    assert any("has locked a grade" in line for line in fill(graded, template).messages)


def test_a_maximum_that_cannot_be_read_is_told(graded, template):
    head = 'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade"'
    template.write_text(f"{head}\nParticipant 1,Ada Lovelace,ada@uni.example,x,,A+\n", encoding="utf-8")
    made = fill(graded, template)
    assert cells(made) == {"1": "6"}
    assert any("no maximum grade that can be read" in line for line in made.messages)
    template.write_text(f'{head}\nParticipant 1,Ada Lovelace,ada@uni.example,x,,"1,000"\n', encoding="utf-8")
    assert cells(fill(graded, template)) == {"1": "1000"}
