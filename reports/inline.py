"""The report of some parts inside a notebook.

Owns which parts of the student's page are shown there, and the frame around them, which keeps the styles of page and
notebook apart. It shows no more than a student's page before release.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.assignment.model import Assignment
from grader.records import Notice
from reports.check_views import ROOMS
from reports.news import NOTHING, Stands, news, since_last_time
from reports.pages import render
from reports.steps import next_steps
from reports.student import part_view
from reports.summary import summarize_parts
from reports.visibility import SeenPart

ROOM = ROOMS[1]
_LEAST_PIXELS, _MOST_PIXELS, _PER_CHECK = 170, 900, 120  # a height for front ends that run no script


def render_inline(
    parts: Sequence[SeenPart], assignment: Assignment, notices: Sequence[Notice], before: Stands = NOTHING
) -> str:
    """An `<iframe>` with the outcomes of some parts.

    Args:
        parts: those that were checked.
        assignment: the assignment.
        notices: about the cells as a whole.
        before: how the checks stood last time.
    """
    changes = news(before, parts)
    page = render(
        "inline.html.j2",
        summary=summarize_parts(parts),
        changed=since_last_time(changes),
        to_do=next_steps(parts, notices),
        views=[part_view(part, assignment, ROOM, changes) for part in parts],
        notices=notices[: ROOM.notices],
    )
    visible_checks = sum(check.verdict is not None for part in parts for check in part.checks)
    pixels = min(_MOST_PIXELS, _LEAST_PIXELS + _PER_CHECK * visible_checks)
    fits = "this.style.height = this.contentDocument.documentElement.scrollHeight + 4 + 'px'"
    return str(
        Markup('<iframe title="hw11 check" style="{}" onload="{}" srcdoc="{}"></iframe>').format(
            f"width: 100%; height: {pixels}px; border: 0; resize: vertical; overflow: auto", fits, page
        )
    )
