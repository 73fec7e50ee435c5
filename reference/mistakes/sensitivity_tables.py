"""Tables that look like evidence and are none: each spoils the reference's `sensitivity.csv`. Bytes in, bytes out."""

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


def invented(data: bytes) -> bytes:
    """Accuracies of no code that was handed in: three points lower wherever anything is removed."""

    def lower(row: Row) -> Row:
        return row | {"accuracy": str(max(0.0, float(row["accuracy"]) - 0.03 * (float(row["sparsity"]) > 0)))}

    return _changed(data, lower)


def kept_for_removed(data: bytes) -> bytes:
    """The share that stays stands where the share to go should."""

    def turned(row: Row) -> Row | None:
        share = float(row["sparsity"])
        return None if share > 0.9 else row | {"sparsity": f"{(1 - share) if share else 0:.1f}"}

    return _changed(data, turned)


def percentages(data: bytes) -> bytes:
    """Accuracy in percent."""
    return _changed(data, lambda row: row | {"accuracy": str(100 * float(row["accuracy"]))})


def every_fifth(data: bytes) -> bytes:
    """Too few sparsities to see a cliff."""
    return _changed(data, lambda row: row if row["sparsity"] in ("0.0", "0.2", "0.4", "0.6", "0.8") else None)


def one_layer_missing(data: bytes) -> bytes:
    """Convolutions alone."""
    return _changed(data, lambda row: row if row["layer"] != "classifier" else None)


def stopped_early(data: bytes) -> bytes:
    """A scan that ends before most layers fall."""
    return _changed(data, lambda row: row if float(row["sparsity"]) < 0.55 else None)


def whole_network(data: bytes) -> bytes:
    """The same curve for every layer, as when all are pruned together."""
    rows = csv.DictReader(io.StringIO(data.decode()))
    first = {row["sparsity"]: row["accuracy"] for row in rows if row["layer"] == "conv1"}
    return _changed(data, lambda row: row | {"accuracy": first[row["sparsity"]]})
