"""Numbers of gradebooks: a comma parts decimals or thousands, for a file as a whole; never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exports.numbers import any_number, numbers_of
from grader.files.csv_edit import read_sheet


@pytest.fixture
def numbers(tmp_path):
    """How a column of cells is read, beside a column of others."""

    def read(own, others=(), delimiter=","):
        rows = [
            f'"{a}"{delimiter}"{b}"'
            for a, b in zip([*own, *[""] * len(others)], [*[""] * len(own), *others], strict=True)
        ]
        path = tmp_path / "theirs.csv"
        path.write_text("\n".join([f"a{delimiter}b", *rows]), encoding="utf-8")
        return numbers_of(read_sheet(path), [0], [1])

    return read


@pytest.mark.parametrize(
    ("own", "others", "delimiter", "values"),
    [
        (["1,000"], [], ",", [1000]),
        (["1,000", "12.5"], [], ",", [1000, 12.5]),
        (["1,000", "0,75"], [], ",", [1, 0.75]),
        (["1,000"], ["0,75"], ",", [1]),
        (["1,000"], ["12.5"], ";", [1000]),
        (["1,234,567.5"], [], ",", [1234567.5]),
        (["1.234,5"], [], ";", [1234.5]),
        (["1.000", "0,5"], [], ";", [1000, 0.5]),
        (["1.000"], [], ",", [1]),
        (["0,75"], ["12.5"], ",", [0.75]),
        (["1 000", "1\u00a0000,5", "1\u202f000"], [], ";", [1000, 1000.5, 1000]),
        (["1'000.5", "1’000"], [], ",", [1000.5, 1000]),
        (["0,750"], [], ",", [0.75]),
        (["20", "12"], [], ";", [20, 12]),
        (["EX", "N/A", "(read only)", "1,00,0", ",5", "1e3", "1" * 50], [], ",", [None] * 7),
        (["-1,000"], [], ",", [-1000]),
    ],
)
def test_a_column_is_read_in_one_way(numbers, own, others, delimiter, values):
    way = numbers(own, others, delimiter)
    assert [way.read(text) for text in own] == values


@pytest.mark.parametrize(
    ("own", "delimiter", "says"),
    [
        (["0,75", "12.5"], ",", "has a decimal comma, but '12.5' in line 3 a point"),
        (["1,000"], ";", "'1,000' could be 1000 or 1"),
        (["1.000"], ";", "'1.000' could be 1 or 1000"),
    ],
)
def test_what_could_be_both_is_refused(numbers, own, delimiter, says):
    with pytest.raises(UsageError, match=says):
        numbers(own, (), delimiter)


@pytest.mark.parametrize(
    ("own", "delimiter", "written"),
    [
        (["0,5"], ",", "3,25"),
        (["0.5"], ";", "3.25"),
        (["1,000"], ",", "3.25"),
        (["7"], ";", "3.25"),
        ([""], ",", "3.25"),
    ],
)
def test_a_number_is_written_as_the_file_writes_them(numbers, own, delimiter, written):
    assert numbers(own, (), delimiter).write("3.25") == written


@given(st.floats(0, 1e6).map(lambda value: f"{value:,.2f}"))
def test_both_ways_of_writing_a_number_are_numbers(text):
    swapped = text.translate(str.maketrans(",.", ".,"))
    assert any_number(text) == any_number(swapped) == float(text.replace(",", ""))
