"""Drawings of a student's measurements, with the reference's after release.

Owns which plots of a record a reader may see, and what is drawn: the measured curves, small and side by side on the
same axes, and below them the points read from them. Every text in a plot is the author's.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from markupsafe import Markup

from grader.records import Curve, Curves, GradeRecord, Plot
from reports.axes import OWN, REFERENCE, Axis, Points, axis, circle, frame, grid, line, square, words
from reports.figures import Figure

WIDTH, HEIGHT = 460, 270
SMALL_WIDTH, SMALL_HEIGHT = 147, 120
TICKS, SMALL_TICKS = 9, 4
"""The largest number of labels on an axis."""
BESIDE = "Solid with a circle: yours. Dashed with a square: the reference's."
ALONE = "The circle marks what is read from each."


def own_plots(record: GradeRecord, released: Container[str] = ()) -> Mapping[str, Sequence[Figure]]:
    """By part id, the drawings of its checks' plots; the reference's points only in `released` parts."""
    drawn = {
        part.id: [
            figure
            for check in part.checks
            if check.plot is not None
            for figure in _figures(check.plot, released=part.id in released)
        ]
        for part in record.parts
    }
    return {part: figures for part, figures in drawn.items() if figures}


def _figures(plot: Plot, *, released: bool) -> Iterator[Figure]:
    shown = plot if released else own_alone(plot)
    if shown.curves is not None and any(curve.own for curve in shown.curves.members):
        yield small_multiples(shown.curves)
    if shown.own:
        yield log_log(shown)


def own_alone(plot: Plot) -> Plot:
    """The plot without the reference's points and curves."""
    curves = plot.curves
    if curves is not None:
        members = [curve.model_copy(update={"reference": (), "reference_at": None}) for curve in curves.members]
        curves = curves.model_copy(update={"members": tuple(members)})
    return plot.model_copy(update={"reference": (), "curves": curves})


def log_log(plot: Plot) -> Figure:
    """The drawing of the points read from the curves, with its table."""
    points = [*plot.own, *plot.reference]
    across = axis([x for x, _ in points], 62, WIDTH - 12, TICKS)
    up = axis([y for _, y in points], HEIGHT - 40, 28, TICKS)
    marks = [grid(across, up), words("middle", (WIDTH / 2, HEIGHT - 6, plot.x)), words("start", (2, 14, plot.y))]
    marks += [line(plot.reference, across, up, REFERENCE), *(square(point, across, up) for point in plot.reference)]
    marks += [line(plot.own, across, up, f'{OWN} stroke-width="2"'), *(circle(point, across, up) for point in plot.own)]
    compared = bool(plot.reference)
    rows = _rows(plot.own, plot.reference) if compared else _rows(plot.own)
    return Figure(
        title=plot.title,
        description=f"{plot.description} {BESIDE}" if compared else plot.description,
        svg=frame(WIDTH, HEIGHT, marks),
        columns=_headings(plot.x, plot.y, compared),
        rows=rows,
    )


def small_multiples(curves: Curves) -> Figure:
    """A small drawing of every curve, all with the same axes, with one table."""
    points = list(chain.from_iterable((*curve.own, *curve.reference) for curve in curves.members))
    across = axis([x for x, _ in points], 43, SMALL_WIDTH - 4, SMALL_TICKS)
    up = axis([y for _, y in points], SMALL_HEIGHT - 22, 20, SMALL_TICKS)
    described = f"{curves.description} Across: {curves.x}; up: {curves.y}."
    compared = any(curve.reference for curve in curves.members)
    key = BESIDE if compared else ALONE if any(curve.own_at for curve in curves.members) else ""
    rows = [
        (curve.title, *row)
        for curve in curves.members
        for row in (_rows(curve.own, curve.reference) if compared else _rows(curve.own))
    ]
    return Figure(
        title=curves.title,
        description=f"{described} {key}".rstrip(),
        svg=Markup(" ").join(_small(curve, across, up) for curve in curves.members),
        columns=("curve", *_headings(curves.x, curves.y, compared)),
        rows=rows,
    )


def _small(curve: Curve, across: Axis, up: Axis) -> Markup:
    marks = [grid(across, up), words("start", (across.start, 12, curve.title))]
    marks.append(line(curve.reference, across, up, REFERENCE))
    marks.append(line(curve.own, across, up, f'{OWN} stroke-width="2"'))
    if curve.reference_at is not None and curve.reference:
        marks.append(square((curve.reference_at, _height(curve.reference, curve.reference_at)), across, up))
    if curve.own_at is not None and curve.own:
        marks.append(circle((curve.own_at, _height(curve.own, curve.own_at)), across, up))
    return frame(SMALL_WIDTH, SMALL_HEIGHT, marks)


def _height(points: Points, x: float) -> float:
    """The y of a curve at x, interpolated on logarithmic axes; beyond the ends that of the nearest point."""
    for (left, low), (right, high) in pairwise(points):
        if left <= x <= right:
            share = (math.log(x) - math.log(left)) / (math.log(right) - math.log(left)) if right > left else 0.0
            return float(low ** (1 - share) * high**share)
    return min(points, key=lambda point: abs(math.log(point[0]) - math.log(x)))[1]


def _headings(x: str, y: str, compared: bool) -> list[str]:
    return [x, f"{y} (yours)", *([f"{y} (reference)"] if compared else [])]


def _rows(own: Points, *reference: Points) -> list[list[str]]:
    """Table rows, one per x: the student's y, and the reference's if given; – for a missing one."""
    series = [dict(points) for points in (own, *reference)]
    values = sorted(set().union(*series))
    return [[f"{v:g}", *(f"{one[v]:.4g}" if v in one else "–" for one in series)] for v in values]
