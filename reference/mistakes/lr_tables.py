"""Tables that look like evidence and are none: each spoils the reference's `lr_scaling.csv`.

Bytes in, bytes out. Every function keeps the columns and changes one thing that students get wrong.
"""

import csv
import io
import math
from collections.abc import Callable

Row = dict[str, str]


def _changed(data: bytes, change: Callable[[Row], Row | None]) -> bytes:
    """Every row as `change` returns it; None drops it."""
    reader = csv.DictReader(io.StringIO(data.decode()))
    file = io.StringIO()
    writer = csv.DictWriter(file, list(reader.fieldnames or ()), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for old in reader if (row := change(old)) is not None)
    return file.getvalue().encode()


def invented_losses(data: bytes) -> bytes:
    """Five percent off everywhere: nearly the same optima, but from no code that was handed in."""
    return _changed(data, lambda row: row | {"final_mse": repr(1.05 * float(row["final_mse"]))})


def rates_of_another_law(data: bytes) -> bytes:
    """Learning rates moved so that the optimum follows the square root of the batch size."""
    return _changed(data, lambda row: row | {"lr": repr(float(row["lr"]) / math.sqrt(float(row["batch_size"])))})


def logarithms(data: bytes) -> bytes:
    """log2 of the learning rate in the place of the learning rate."""
    return _changed(data, lambda row: row | {"lr": repr(math.log2(float(row["lr"])))})


def narrow_grid(data: bytes) -> bytes:
    """A grid that ends below the best learning rates."""
    return _changed(data, lambda row: row if float(row["lr"]) < 0.006 else None)


def whole_octaves(data: bytes) -> bytes:
    """Every other learning rate."""
    return _changed(data, lambda row: row if abs(math.log2(float(row["lr"])) % 1 - 0.5) > 0.25 else None)


def two_seeds(data: bytes) -> bytes:
    """Too few seeds to average over."""
    return _changed(data, lambda row: row if int(row["seed"]) < 2 else None)


def large_batches_missing(data: bytes) -> bytes:
    """A sweep that was stopped early."""
    return _changed(data, lambda row: row if int(row["batch_size"]) < 256 else None)


def diverged_runs_dropped(data: bytes) -> bytes:
    """Only runs that ended well."""
    return _changed(data, lambda row: row if float(row["final_mse"]) < 1.5 else None)


def untrained(data: bytes) -> bytes:
    """Losses before training, as if nothing depended on the learning rate but a hint of a U."""
    return _changed(data, lambda row: row | {"final_mse": repr(3.0 + float(row["final_mse"]))})
