"""Files of platforms, however odd: filled once they differ in our column alone, filled twice in nothing at all."""

import codecs
import csv
import io
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.exports.base import Wishes, export
from grader.results.publish import publish_class, write_not_taken
from grader.results.roster import read_roster

ODD = st.one_of(
    st.sampled_from(
        [
            "=1+1",
            "@SUM(A1)",
            "007",
            "0042-x",
            "Last, First",
            "O'Neil",
            "two\nlines",
            "two\r\nlines",
            'say "so"',
            '"',
            "",
        ]
    ),
    st.sampled_from(
        [" blank before", "blank behind ", "a;b", "a,b", "a\tb", "sep=;", "é ü ß", "“x”", "€", "x\u00a0y", "'"]
    ),
    st.text("ab \"';,\n\té=", max_size=8),
)
DIALECTS = st.sampled_from(
    [
        *((b"", "utf-8", ",", ""), (codecs.BOM_UTF8, "utf-8", ",", ""), (b"", "utf-8", ";", "sep=;\r\n")),
        *((b"", "cp1252", ";", ""), (b"", "cp1252", ",", ""), (codecs.BOM_UTF16_LE, "utf-16-le", "\t", "")),
        (codecs.BOM_UTF8, "utf-8", ";", ""),
    ]
)
WHO = [("Ada", "u0001"), ("Bea", "u0002"), ("Fay", "u0006"), ("Gus", "u0007"), ("Absent", "u9999")]
IDS = [f"10{i}" for i in range(len(WHO))]
GRADE = 6


@st.composite
def tables(draw, header, rows):
    """A file as (bytes, dialect, rows): odd cells around what a platform writes, and empty columns behind."""
    mark, encoding, delimiter, announced = draw(DIALECTS)
    behind, columns = draw(st.integers(0, 2)), len(header)
    odd = [[draw(ODD) for _ in range(2)] for _ in rows]
    full = [[*header, *["" for _ in range(behind)]]]
    for row, (first, second) in zip(rows, odd, strict=True):
        cells = [first if cell is None else second if cell is ... else cell for cell in row]
        full.append([*cells, *["" for _ in range(behind + columns - len(row))]])
    text = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(full)
    return mark + (announced + text.getvalue()).encode(encoding), (mark, encoding, delimiter, announced), full


def read_again(content, dialect):
    mark, encoding, delimiter, announced = dialect
    assert content.startswith(mark + announced.encode(encoding))
    text = content.removeprefix(mark + announced.encode(encoding)).decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


CANVAS = tables(
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes", "HW11 (48213)", "Final Score"],
    [
        ["    Points Possible", "", "", "", "", "", "6", "(read only)"],
        *([f"Last, {name}", IDS[i], id_, None, "CS 101", ..., "", ""] for i, (name, id_) in enumerate(WHO)),
    ],
)
MOODLE = tables(
    [
        "Identifier",
        "Full name",
        "ID number",
        "Status",
        "Group",
        "Grade?",
        "Grade",
        "Maximum Grade",
        "Feedback comments",
    ],
    [
        [f"Participant {n}", f"{name} Last", id_, None, ..., "", "", "6.00", ""]
        for n, (name, id_) in zip(IDS, WHO, strict=True)
    ],
)


@pytest.mark.parametrize(("platform", "table", "column"), [("canvas", CANVAS, 6), ("moodle", MOODLE, 6)])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_all_but_our_column_stays_cell_by_cell(graded, tmp_path, platform, table, column, data):
    content, dialect, rows = data.draw(table)
    path = tmp_path / "theirs.csv"
    path.write_bytes(content)
    made = export(platform, graded, Wishes(template=path)).files[f"{platform}.csv"]
    got = read_again(made, dialect)
    assert [row[:column] + row[column + 1 :] for row in got] == [row[:column] + row[column + 1 :] for row in rows]
    assert {row[2]: float(row[column].replace(",", ".")) for row in got if row[2].startswith("u") and row[column]} == {
        "u0001": 6,
        "u0002": 4.5,
        "u0006": 6,
        "u0007": 5.4,
    }
    path.write_bytes(made)
    again = export(platform, graded, Wishes(template=path))
    assert again.facts["filled"] == []
    assert again.files[f"{platform}.csv"] == made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_gradebook_is_a_roster_before_and_after(graded, tmp_path, data):
    content, _, _ = data.draw(CANVAS)
    theirs, ours = tmp_path / "theirs.csv", tmp_path / "ours.csv"
    theirs.write_bytes(content)
    ours.write_bytes(export("canvas", graded, Wishes(template=theirs)).files["canvas.csv"])
    before, after = read_roster(theirs).students, read_roster(ours).students
    assert [(one.id, one.canvas, one.name) for one in after] == [(one.id, one.canvas, one.name) for one in before]
    assert [one.canvas for one in after] == IDS


def test_what_was_not_taken_is_told_by_the_name_it_had(tmp_path, monkeypatch):
    lain = [("=1+1.txt", "=why"), ("'=x", "'why"), ('a, "b".txt', "two\nlines"), ("-x", ""), ("é", "@")]
    told = []
    monkeypatch.setattr("reports.classroom.render_class", lambda *given: told.extend(given[-1]) or "")
    write_not_taken(lain, tmp_path)
    publish_class([], SimpleNamespace(parts=[]), tmp_path)
    assert told == lain
    assert "'=1+1.txt" in (tmp_path / "grades.csv").read_text()
