"""Edit distance, and what it costs."""

import sympy as sp

n, m = sp.symbols("n m", integer=True)


def distance(a, b):
    """By the table of prefixes, of which two rows are kept."""
    before = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other)))
        before = row
    return before[-1]


def cells():
    return (n + 1) * (m + 1)


def growth():
    return "O(n*m)"
