"""A student's own measurements as a drawing, over the reference's once marks are released.

Owns which plots of a record a reader may see, and drawing them: two logarithmic axes, told apart by shape and dash as
well as by place, in the page's own colour. Draws numbers; every text in a plot is the author's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from grader.record import GradeRecord, Plot
from reports.figures import Figure, Table

_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _HEAD, _FOOT = 72, 16, 28, 44
_TICKS = 6
"""At most so many labels on an axis."""
_SPAN = 4.0
"""Octaves that every axis covers at least."""

Points = Sequence[tuple[float, float]]


def own_plots(record: GradeRecord, *, released: bool) -> Mapping[str, Sequence[Figure]]:
    """Part id -> drawings of what its checks measured; the reference's points only on released pages."""
    return {
        part.id: figures
        for part in record.parts
        if (figures := [log_log(check.plot, released=released) for check in part.checks if check.plot is not None])
    }


def log_log(plot: Plot, *, released: bool) -> Figure:
    """One plot with its table of numbers."""
    reference = plot.reference if released else ()
    columns = [plot.x, f"{plot.y} (yours)", *([f"{plot.y} (reference)"] if reference else [])]
    own, expected = dict(plot.own), dict(reference)
    rows = [
        [
            f"{x:g}",
            *(f"{series[x]:.4g}" if x in series else "–" for series in ([own, expected] if reference else [own])),
        ]
        for x in sorted(own | expected)
    ]
    beside = " Dashed: the reference's." if reference else ""
    return Figure(
        title=plot.title,
        description=plot.description + beside,
        svg=_drawing(plot, plot.own, reference),
        table=Table(columns, rows),
    )


def _drawing(plot: Plot, own: Points, reference: Points) -> Markup:
    points = [*own, *reference]
    if not points:
        return Markup("")
    across = _axis([x for x, _ in points], _LEFT, _WIDTH - _RIGHT)
    up = _axis([y for _, y in points], _HEIGHT - _FOOT, _HEAD)
    marks = [_grid(plot, points, across, up)]
    placed = [(across(x), up(y)) for x, y in reference]
    marks += [_line(placed, 'stroke-dasharray="5 4" opacity="0.7"')]
    marks += [f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="none"/>' for x, y in placed]
    placed = [(across(x), up(y)) for x, y in own]
    marks += [_line(placed, 'stroke-width="2"')]
    marks += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="currentColor"/>' for x, y in placed]
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" aria-hidden="true"'
    drawn = f'<g stroke="currentColor" fill="none" font-size="12">{"".join(marks)}</g>'
    return Markup(f"<svg {frame}>{drawn}</svg>")  # noqa: S704  # numbers, and texts that are escaped


def _axis(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """A value's place between `start` and `end`, by its logarithm."""
    low, high = _octaves(values)
    return lambda value: start + (math.log2(value) - low) / (high - low) * (end - start)


def _octaves(values: Sequence[float]) -> tuple[float, float]:
    """What an axis spans, in octaves: at least `_SPAN`, or noise around a flat line would look like a trend."""
    low, high = math.log2(min(values)), math.log2(max(values))
    margin = max(0.5, (_SPAN - (high - low)) / 2)
    return low - margin, high + margin


def _grid(plot: Plot, points: Points, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    """Ticks at powers of two, and what the axes are called."""
    foot = _HEIGHT - _FOOT
    marks = [f'<path d="M{_LEFT} {_HEAD}V{foot}H{_WIDTH - _RIGHT}" opacity="0.6"/>']
    for value in _powers([x for x, _ in points]):
        marks.append(f'<path d="M{across(value):.1f} {foot}v5" opacity="0.6"/>')
        marks.append(_text(across(value), foot + 18, "middle", f"{value:.3g}"))
    for value in _powers([y for _, y in points]):
        marks.append(f'<path d="M{_LEFT} {up(value):.1f}h-5" opacity="0.6"/>')
        marks.append(_text(_LEFT - 9, up(value) + 4, "end", f"{value:.3g}"))
    marks.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, "middle", plot.x))
    marks.append(_text(4, 16, "start", plot.y))
    return "".join(marks)


def _powers(values: Sequence[float]) -> list[float]:
    """Powers of two on the axis of these values, thinned out evenly."""
    low, high = _octaves(values)
    first, last = math.ceil(low), math.floor(high)
    step = max(1, math.ceil((last - first + 1) / _TICKS))
    return [2.0**k for k in range(first, last + 1, step)]


def _line(placed: Points, looks: str) -> str:
    if len(placed) < 2:
        return ""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    return f'<path d="M{path}" {looks}/>'


def _text(x: float, y: float, anchor: str, text: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} stroke="none" fill="currentColor">{escape(text)}</text>'
