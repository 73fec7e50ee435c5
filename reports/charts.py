"""Charts as SVG in the page's colours.

Owns the histogram; every chart is a `Figure` and so comes with its table.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reports.figures import Figure
from reports.words import counted

_WIDTH, _HEIGHT, _FOOT, _HEAD = 640, 220, 26, 20


def distribution(counts: Sequence[int], title: str) -> Figure:
    """A histogram over equally wide ranges of the share of points earned, from 0 to 100 %."""
    step = 100 / len(counts)
    labels = [f"{i * step:.0f}–{(i + 1) * step:.0f} %" for i in range(len(counts))]
    top = max(counts, default=0)
    most = labels[counts.index(top)] if top else "none"
    return Figure(
        title=title,
        description=f"{counted(sum(counts), 'submission')}; the most frequent range is {most}.",
        svg=_columns(counts, [f"{i * step:.0f}" for i in range(len(counts) + 1)], top),
        columns=("Share of points", "Submissions"),
        rows=list(zip(labels, map(str, counts), strict=True)),
    )


def _columns(counts: Sequence[int], ticks: Sequence[str], top: int) -> Markup:
    room = _HEIGHT - _FOOT - _HEAD
    width = _WIDTH / len(counts)
    parts = []
    for i, count in enumerate(counts):
        height = room * count / top if top else 0
        left, upper = i * width, _HEIGHT - _FOOT - height
        box = f'x="{left + 2:.1f}" y="{upper:.1f}" width="{width - 4:.1f}" height="{height:.1f}"'
        parts.append(f'<rect class="column" {box} rx="2"/>')
        if count:
            above = f'x="{left + width / 2:.1f}" y="{upper - 6:.1f}"'
            parts.append(f'<text class="value" {above} text-anchor="middle">{count}</text>')
    for i, tick in enumerate(ticks):
        anchor = "start" if i == 0 else "end" if i == len(ticks) - 1 else "middle"
        parts.append(f'<text x="{i * width:.1f}" y="{_HEIGHT - 6}" text-anchor="{anchor}">{tick}</text>')
    base = _HEIGHT - _FOOT
    axis = f'<line class="axis" x1="0" y1="{base}" x2="{_WIDTH}" y2="{base}"/>'
    return Markup(  # noqa: S704  # numbers only
        f'<svg class="histogram" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{"".join(parts)}{axis}</svg>'
    )
