"""The rows of a small comma-separated file that a student hands in, or a sentence that says how to write one."""

import csv
import io
from collections.abc import Sequence

MOST_BYTES, MOST_ROWS = 1 << 20, 5_000
LARGEST = 1e6
"""No loss or error of an experiment is larger, and sums of these stay finite."""


def read_rows(data: bytes, name: str, columns: Sequence[str]) -> list[list[str]] | str:
    """The cells of these columns, row by row, without blanks around them; "" where a row is too short."""
    if len(data) > MOST_BYTES or data.count(b"\n") > MOST_ROWS:
        return f"{name} is longer than {MOST_ROWS} lines: one line for each {columns[-1]} is enough"
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        places = {title.strip(): place for place, title in enumerate(next(rows, []))}
        if missing := [column for column in columns if column not in places]:
            return f"{name} has no column {missing[0]!r}: its first line should be {','.join(columns)}"
        asked = [places[column] for column in columns]
        return [[row[place].strip() if place < len(row) else "" for place in asked] for row in rows if row]
    except UnicodeDecodeError:
        return f"{name} is not UTF-8: save the table as comma-separated UTF-8"
    except csv.Error as error:
        return f"{name} cannot be read: {error}; write plain comma-separated values"
