"""Logarithmic axes as SVG, in the page's colours.

Owns the position of a value, the ticks of an axis, and the styles of a student's line (solid, filled circles) and the
reference's (dashed, open squares), which differ without colour. Text is escaped here. What is drawn belongs to
`plots`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Points = Sequence[tuple[float, float]]

SPAN = 4.0
"""Octaves that every axis covers at least; on a shorter one noise around a flat line would look like a trend."""
LEADS = ((1, 2, 5), (1, 3), (1,))
"""Leading digits of ticks, densest first."""
OWN = 'stroke="var(--link, currentColor)"'
REFERENCE = 'stroke="currentColor" stroke-dasharray="5 4"'


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high` (base-2 logarithms), along the pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (math.log2(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def axis(values: Sequence[float], start: float, end: float, most: int) -> Axis:
    """An axis around positive values with at most `most` ticks: powers of two if all values are, else decimal."""
    low, high = math.log2(min(values)), math.log2(max(values))
    margin = max(0.5, (SPAN - (high - low)) / 2)
    low, high = low - margin, high + margin
    binary = all(math.log2(value).is_integer() for value in values)
    return Axis(low, high, start, end, _binary(low, high, most) if binary else _decimal(low, high, most))


def _binary(low: float, high: float, most: int) -> tuple[float, ...]:
    powers = range(max(math.ceil(low), -1074), min(math.floor(high), 1023) + 1)  # those that floats can hold
    return tuple(2.0**k for k in powers[:: max(1, math.ceil(len(powers) / most))])


def _decimal(low: float, high: float, most: int) -> tuple[float, ...]:
    decades = range(max(math.floor(low * math.log10(2)), -323), min(math.ceil(high * math.log10(2)), 308) + 1)
    for leads in LEADS:
        inside = [value for k in decades for lead in leads if low <= math.log2(value := lead * 10.0**k) <= high]
        if len(inside) <= most:
            return tuple(inside)
    return tuple(inside[:: math.ceil(len(inside) / most)])


def frame(width: int, height: int, marks: Sequence[str]) -> Markup:
    """An SVG drawing of this size. Screen readers skip it, since a table beside it holds its numbers."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true"'
    drawn = f'<g stroke="currentColor" fill="none" font-size="11">{"".join(marks)}</g>'
    return Markup(f"<svg {size}>{drawn}</svg>")  # noqa: S704  # numbers, and texts that `words` has escaped


def grid(across: Axis, up: Axis) -> str:
    """Both axes with their ticks: a faint line and a number for each."""
    left, right, foot, head = across.start, across.end, up.start, up.end
    columns = [(across.at(value), value) for value in across.ticks]
    rows = [(up.at(value), value) for value in up.ticks]
    faint = "".join([f"M{x:.1f} {foot}V{head}" for x, _ in columns] + [f"M{left} {y:.1f}H{right}" for y, _ in rows])
    return (
        f'<path d="M{left} {head}V{foot}H{right}" opacity="0.6"/><path d="{faint}" opacity="0.14"/>'
        + words("middle", *((x, foot + 14, _label(value)) for x, value in columns))
        + words("end", *((left - 5, y + 4, _label(value)) for y, value in rows))
    )


def _label(value: float) -> str:
    """A tick's number; a small one as 1e-4, which is short enough to stand beside a small drawing."""
    short = f"{value:.0e}".replace("e-0", "e-")
    return short if value < 1e-3 and float(short) == value else f"{value:g}"


def line(points: Points, across: Axis, up: Axis, looks: str) -> str:
    """A line through the points in their order; empty for fewer than two."""
    if len(points) < 2:
        return ""
    path = "L".join(f"{across.at(x):.1f} {up.at(y):.1f}" for x, y in points)
    return f'<path d="M{path}" stroke-linejoin="round" {looks}/>'


def circle(point: tuple[float, float], across: Axis, up: Axis) -> str:
    """The marker of a student's point: a filled circle."""
    x, y = across.at(point[0]), up.at(point[1])
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="var(--link, currentColor)" {OWN}/>'


def square(point: tuple[float, float], across: Axis, up: Axis) -> str:
    """The marker of a reference point: an open square, wide enough to be seen around a circle."""
    x, y = across.at(point[0]), up.at(point[1])
    return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'


def words(anchor: str, *placed: tuple[float, float, str]) -> str:
    """Texts at (x, y) in pixels; `anchor` is start, middle or end."""
    texts = "".join(f'<text x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>' for x, y, text in placed)
    return f'<g stroke="none" fill="currentColor" text-anchor="{anchor}">{texts}</g>'
