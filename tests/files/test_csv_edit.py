"""Somebody else's table: read as spreadsheets write it, changed in one cell, and no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.files.csv_cells import guarded, table, unguarded
from grader.files.csv_edit import held, read_sheet

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
    assert [list(row.cells) for row in sheet.rows] == [r for r in wanted if any(c.strip() for c in r)]
    assert sheet.delimiter == delimiter


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), TEXT, st.data())
def test_one_cell_changes_and_every_other_cell_stays(write, rows, delimiter, end, mark, new, data):
    text = spelled([["a", "b", "c"], *rows], delimiter, end)
    sheet = read_sheet(write((b"\xef\xbb\xbf" if mark else b"") + text.encode()))
    row = data.draw(st.sampled_from(sheet.rows))
    column = data.draw(st.integers(0, len(row.cells) - 1))
    changed = sheet.with_cells({(row, column): new})
    assert changed.startswith(sheet.prefix)
    wanted = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    wanted[sheet.lines.index(row)][column] = new
    found = changed[len(sheet.prefix) :].decode()
    assert list(csv.reader(io.StringIO(found, newline=""), delimiter=delimiter)) == wanted


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n\n3,4\n",
        b'a,b\r\n"x, y","two\nlines"\r\n',
        b'a,b\r\n1,"x ""y"""\r\n',
        b"\xef\xbb\xbfa;b\r\n;\r\n",
        b"sep=;\r\na;b\r\n1;2\r\n",
        "a\tb\rü\t2\r".encode("cp1252"),
    ],
)
def test_a_file_as_programs_write_it_stays_byte_by_byte(write, content):
    assert read_sheet(write(content)).with_cells({}) == content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (
            b'a,b\n1,"never closed\n2,3\n',
            "table.csv:2: unexpected end of data: check the quotation marks from this line on",
        ),
        (b'a,b\n1,2\n"x" y,3\n', "table.csv:3: ',' expected after '\"': check the quotation marks"),
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
    changed = sheet.with_cells({(sheet.rows[1], 1): "ü2"})
    assert changed == content.replace("1".encode(encoding), "ü2".encode(encoding))
    assert read_sheet(write(changed)).rows[1][1] == "ü2"


def test_what_an_old_code_cannot_hold_becomes_an_entity(write):
    sheet = read_sheet(write("name,x\nMüller,1\n".encode("cp1252")))
    assert sheet.with_cells({(sheet.rows[1], 1): "−5"}) == "name,x\nMüller,&#8722;5\n".encode("cp1252")


def test_lines_count_where_cells_run_over_several(write):
    sheet = read_sheet(write(b'a,b\n"one\ntwo\r\nthree",1\nx,2\n\ny,3\n'))
    assert [row.line for row in sheet.rows] == [1, 2, 5, 7]


@given(st.text(max_size=20))
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    assert not guarded(text).lstrip().startswith(("=", "+", "-", "@"))
    assert not guarded(text).startswith(("\t", "\r", "\n"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("blank", ["", ",", " ,\t", '=""', '"=""""", =""', '" ",=" "'])
def test_a_row_in_which_no_cell_holds_anything_is_none(write, blank):
    sheet = read_sheet(write(f'{blank}\na,b\n{blank}\n="0",\n'.encode()))
    assert [row[0] for row in sheet.rows] == ["a", "0"]


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


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="007"', "007"), (' ="a b " ', "a b"), ("=1+1", "=1+1"), ('="a"&"b"', '="a"&"b"'), (" x ", "x")],
)
def test_what_keeps_a_spreadsheet_from_reading_a_number_is_no_text(cell, text):
    assert held(cell) == text
