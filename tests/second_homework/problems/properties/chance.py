"""What random numbers, labels and counts are held against."""

import csv
import io
import math


def exponential(inputs, points):
    """The distribution function of waiting times."""
    return [1 - math.exp(-inputs["rate"] * point) if point > 0 else 0.0 for point in points]


def faces(inputs):
    """Of a fair die."""
    return {face: 1 / 6 for face in range(1, 7)}


def accuracy(inputs, labels):
    """The share of right labels, which were drawn with the points and never handed in."""
    wanted = inputs["clouds"][3]
    return float(sum(int(one) == int(other) for one, other in zip(labels, wanted, strict=True))) / len(wanted)


def read_throws(content):
    """Counts by face, or what is wrong with the file."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8", "replace"))))
    if not rows or set(rows[0]) != {"face", "count"}:
        return "throws.csv needs the columns face and count"
    return {int(row["face"]): int(row["count"]) for row in rows}


def sixty_in_all(table, reruns, reference):
    """All faces, sixty throws."""
    if sorted(table) != [1, 2, 3, 4, 5, 6]:
        return "every face from 1 to 6 needs a row"
    return None if sum(table.values()) == 60 else "sixty throws are asked for"
