"""A student's `lr_scaling.csv` as a typed table, or a sentence that says how to write one.

Owns the form of the file: what is refused unread, which columns and values are understood. What the losses mean
belongs to `lr_table`.
"""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

COLUMNS = ("setting", "batch_size", "lr", "seed", "final_mse")
SETTINGS = ("linear_sgd", "mlp_sgd", "mlp_adam", "linear_adam")
MAX_BYTES = 8 << 20
MAX_ROWS = 100_000
MAX_WHOLE = 2**31 - 1
SMALLEST_RATE, LARGEST_RATE = 1e-12, 1e6
"""No experiment needs others, and ratios of these neither vanish nor overflow."""

Cell = tuple[int, float, int]
"""batch size, learning rate, seed"""


@dataclass(frozen=True, eq=False)
class Table:
    """setting -> (batch size, lr, seed) -> final loss, nan or inf where a run diverged; equal to itself alone."""

    losses: Mapping[str, Mapping[Cell, float]]


def read_table(data: bytes) -> Table | str:
    """The table from a file's bytes; refuses what is too long or no text before parsing any of it."""
    if len(data) > MAX_BYTES:
        mib = MAX_BYTES >> 20
        return f"lr_scaling.csv has {len(data) >> 20} MiB; at most {mib} are read: one line per run is enough"
    if b"\0" in data:
        return "lr_scaling.csv is not text: save it as comma-separated UTF-8, not as a spreadsheet or a tensor file"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "lr_scaling.csv is not UTF-8: save the table as comma-separated UTF-8"
    if data.count(b"\n") > MAX_ROWS + 1:
        return f"lr_scaling.csv has more than {MAX_ROWS} rows: keep one line per run, with 4 to 16 seeds"
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        return _table(reader)
    except csv.Error as error:
        return f"lr_scaling.csv, line {reader.line_num}: {error}; write plain comma-separated values"


def _table(reader: Any) -> Table | str:
    places = {name.strip(): place for place, name in enumerate(next(reader, []))}
    missing = [column for column in COLUMNS if column not in places]
    if missing:
        return (
            f"lr_scaling.csv has no column {missing[0]!r}: its first line should be {','.join(COLUMNS)}, "
            "separated by commas"
        )
    asked = [places[column] for column in COLUMNS]
    losses: dict[str, dict[Cell, float]] = {}
    for row in islice(filter(None, reader), MAX_ROWS):
        try:
            setting, cell, loss = _row([row[place].strip() if place < len(row) else "" for place in asked])
        except (ValueError, OverflowError) as error:
            return f"lr_scaling.csv, line {reader.line_num}: {error}"
        if cell in losses.setdefault(setting, {}):
            size, lr, seed = cell
            return (
                f"lr_scaling.csv, line {reader.line_num}: {setting}, batch size {size}, lr {lr:g}, seed {seed} "
                "stands there twice; keep one line per run"
            )
        losses[setting][cell] = loss
    return Table(losses)


def _row(texts: list[str]) -> tuple[str, Cell, float]:
    """ValueError with a sentence if a value is not of its column's kind."""
    setting, size, lr, seed, final = texts
    if setting not in SETTINGS:
        raise ValueError(f"no setting {setting[:40]!r}; there are {', '.join(SETTINGS)}")
    cell = (_whole(size, "batch_size"), _rate(lr), _whole(seed, "seed"))
    # An empty cell is how pandas writes nan.
    loss = _real(final, "final_mse") if final else math.nan
    if loss < 0:
        raise ValueError(f"final_mse is {loss:g}; write the mean squared error itself, not its logarithm")
    return setting, cell, loss


def _real(text: str, column: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{column} is {text[:40]!r}, which is no number") from None


@lru_cache(maxsize=1024)
def _rate(text: str) -> float:
    lr = _real(text, "lr")
    if not (SMALLEST_RATE <= lr <= LARGEST_RATE):
        raise ValueError(f"lr is {text[:40]!r}; write the learning rate itself, a positive number, not its logarithm")
    return lr


@lru_cache(maxsize=1024)
def _whole(text: str, column: str) -> int:
    number = _real(text, column)
    least = 1 if column == "batch_size" else 0
    if not number.is_integer() or not least <= number <= MAX_WHOLE:
        raise ValueError(f"{column} is {text[:40]!r}; a whole number from {least} is asked for")
    return int(number)
