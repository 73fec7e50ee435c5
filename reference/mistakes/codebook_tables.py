"""Tables that look like evidence and are none: each spoils the reference's `codebooks.csv`. Bytes in, bytes out."""

import csv
import io
import math
from collections.abc import Callable

Row = dict[str, str]


def _changed(data: bytes, change: Callable[[Row], Row | None]) -> bytes:
    reader = csv.DictReader(io.StringIO(data.decode()))
    file = io.StringIO()
    writer = csv.DictWriter(file, list(reader.fieldnames or ()), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for old in reader if (row := change(old)) is not None)
    return file.getvalue().encode()


def _of(method: str, factor: float) -> Callable[[Row], Row]:
    return lambda row: row | {"error": repr(float(row["error"]) * (factor if row["method"] == method else 1))}


def invented(data: bytes) -> bytes:
    """K-means errors of no code that was handed in."""
    return _changed(data, _of("kmeans", 1.04))


def other_steps(data: bytes) -> bytes:
    """Linear errors of one level more than there is."""
    return _changed(data, _of("linear", 0.8))


def one_seed(data: bytes) -> bytes:
    """One start of k-means tells nothing of its luck."""
    return _changed(data, lambda row: row if row["method"] == "linear" or row["seed"] == "0" else None)


def bits_missing(data: bytes) -> bytes:
    """A table that ends early."""
    return _changed(data, lambda row: row if int(row["bits"]) < 5 else None)


def roots(data: bytes) -> bytes:
    """Roots of the errors."""
    return _changed(data, lambda row: row | {"error": repr(math.sqrt(float(row["error"])))})


def negative(data: bytes) -> bytes:
    """Logarithms of the errors."""
    return _changed(data, lambda row: row | {"error": repr(math.log(float(row["error"])))})


def bits_turned_around(data: bytes) -> bytes:
    """The errors of many bits stand beside few."""
    return _changed(data, lambda row: row | {"bits": str(6 - int(row["bits"]))})
