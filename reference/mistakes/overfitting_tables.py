"""Tables that look like evidence and are none: each spoils the reference's `overfitting.csv`. Bytes in, bytes out."""

import csv
import io
from collections.abc import Callable

Row = dict[str, str]


def _changed(data: bytes, change: Callable[[Row], Row | None]) -> bytes:
    reader = csv.DictReader(io.StringIO(data.decode()))
    file = io.StringIO()
    writer = csv.DictWriter(file, list(reader.fieldnames or ()), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for old in reader if (row := change(old)) is not None)
    return file.getvalue().encode()


def _times(method: str, factor: float) -> Callable[[Row], Row]:
    return lambda row: row | {"test_loss": repr(float(row["test_loss"]) * (factor if row["method"] == method else 1))}


def invented(data: bytes) -> bytes:
    """Losses of a prompt that no code handed in has found."""
    return _changed(data, _times("prompt", 0.9))


def overfits_less(data: bytes) -> bytes:
    """A fine-tune with smaller losses on new examples than it has."""
    return _changed(data, _times("all", 0.8))


def turned_around(data: bytes) -> bytes:
    """Losses on new examples where those on the few ones belong."""
    return _changed(data, lambda row: row | {"train_loss": row["test_loss"], "test_loss": row["train_loss"]})


def methods_turned_around(data: bytes) -> bytes:
    """Each method under the other's name."""
    return _changed(data, lambda row: row | {"method": {"all": "prompt", "prompt": "all"}[row["method"]]})


def one_seed(data: bytes) -> bytes:
    """One task alone."""
    return _changed(data, lambda row: row if row["seed"] == "0" else None)


def stopped_early(data: bytes) -> bytes:
    """No row of 300 steps."""
    return _changed(data, lambda row: row if row["steps"] != "300" else None)


def diverged(data: bytes) -> bytes:
    """A loss that is none."""
    return _changed(data, lambda row: row | {"test_loss": "nan"} if row["steps"] == "300" else row)
