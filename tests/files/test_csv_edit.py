"""Somebody else's table: read as spreadsheets write it, changed in one cell, otherwise the same bytes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.files.csv_cells import guarded, table, unguarded
from grader.files.csv_edit import read_sheet

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\ufeff"), max_size=8)
TABLES = st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")

    def write(content: bytes):
        path = folder / "table.csv"
        path.write_bytes(content)
        return path

    return write


def spelled(rows, delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return buffer.getvalue()


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
def test_cells_are_read_as_the_csv_module_reads_them(write, rows, delimiter, end, mark, all_quoted):
    rows = [["first", "second", "third"], *rows]
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    text = spelled(rows, delimiter, end, quoting)
    sheet = read_sheet(write((b"\xef\xbb\xbf" if mark else b"") + text.encode()))
    wanted = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert [[c.text for c in row.cells] for row in sheet.rows] == [r for r in wanted if any(c.strip() for c in r)]
    assert sheet.delimiter == delimiter


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), TEXT, st.data())
def test_one_cell_changes_and_every_other_byte_stays(write, rows, delimiter, end, mark, new, data):
    content = (b"\xef\xbb\xbf" if mark else b"") + spelled([["a", "b", "c"], *rows], delimiter, end).encode()
    sheet = read_sheet(write(content))
    assert sheet.with_cells({}) == content
    cell = data.draw(st.sampled_from([cell for row in sheet.rows for cell in row.cells]))
    changed = sheet.with_cells({cell: new})
    before, after = sheet.text[: cell.start].encode(), sheet.text[cell.end :].encode()
    assert changed.startswith(sheet.mark + before)
    assert changed.endswith(after)
    again = {c.start: c.text for row in read_sheet(write(changed)).rows for c in row.cells}
    if new.strip():
        assert again[cell.start] == new


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'a,b\n1,"never closed\n2,3\n', "table.csv:2: a quotation mark is opened here and never closed"),
        (b"PK\x03\x04 and more", "workbook or zip"),
        (b"a,b\n1,\x81\n", "table.csv:2: neither UTF-8 nor Windows-1252"),
    ],
)
def test_what_is_no_table_is_told_with_its_place(write, content, says):
    with pytest.raises(UsageError, match=says.replace("(", r"\(")):
        read_sheet(write(content))


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_sheet(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("name,x\nMüller,1\n".encode("cp1252"), "cp1252", ","),
        (b"\xff\xfe" + "name\tx\nMüller\t1\n".encode("utf-16-le"), "utf-16-le", "\t"),
        (b"sep=;\r\nname;x\r\nM,ller;1\r\n", "utf-8", ";"),
    ],
)
def test_dialects_of_spreadsheets_are_kept(write, content, encoding, delimiter):
    sheet = read_sheet(write(content))
    assert (sheet.encoding, sheet.delimiter, sheet.header[0]) == (encoding, delimiter, "name")
    changed = sheet.with_cells({sheet.rows[1].cells[1]: "ü2"})
    assert changed == content.replace("1".encode(encoding), "ü2".encode(encoding))
    assert read_sheet(write(changed)).rows[1][1] == "ü2"


def test_what_an_old_code_cannot_hold_becomes_an_entity(write):
    sheet = read_sheet(write("name,x\nMüller,1\n".encode("cp1252")))
    assert sheet.with_cells({sheet.rows[1].cells[1]: "−5"}) == "name,x\nMüller,&#8722;5\n".encode("cp1252")


def test_lines_count_where_cells_run_over_several(write):
    sheet = read_sheet(write(b'a,b\n"one\ntwo\r\nthree",1\nx,2\n\ny,3\n'))
    assert [row.line for row in sheet.rows] == [1, 2, 5, 7]


@given(st.text(max_size=20))
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    assert not guarded(text).lstrip().startswith(("=", "+", "-", "@"))
    assert not guarded(text).startswith(("\t", "\r", "\n"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", "\n=1", " \n =1", "\u00a0@x", "＝1", "' '-1"]
)
def test_what_would_begin_a_formula_is_guarded(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ada", "'tis", "1-1", "a=b", ""])
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == unguarded(text) == text


def test_tables_of_ours_hold_numbers_as_they_are():
    assert table(("a", "b"), [[1.5, None], ["=x", "y"]]) == b"a,b\n1.5,\n'=x,y\n"
