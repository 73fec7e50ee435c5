"""The report of some parts inside a notebook.

Owns which parts of the student's page are shown there, and the frame around them, which keeps the styles of page and
notebook apart. It shows no more than a student's page before release.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.assignment.model import Assignment
from grader.files.untrusted_text import shown
from reports.check_views import ROOMS
from reports.messages import sentence
from reports.news import NOTHING, Stands, news
from reports.pages import render
from reports.steps import next_steps
from reports.student import STEP_ROOM, part_view
from reports.summary import summarize_parts
from reports.visibility import SeenPart

ROOM = ROOMS[1]
_LEAST_PIXELS, _MOST_PIXELS, _PER_CHECK = 170, 900, 120  # a height for front ends that run no script


def render_inline(
    parts: Sequence[SeenPart], assignment: Assignment, notices: Sequence[tuple[str, str]], before: Stands = NOTHING
) -> str:
    """An `<iframe>` with the outcomes of some parts.

    Args:
        parts: those that were checked.
        assignment: the assignment.
        notices: (where, sentence) about the cells as a whole.
        before: how the checks stood last time.
    """
    changed, to_do = news(before, parts), next_steps(parts)
    page = render(
        "inline.html.j2",
        summary=summarize_parts(parts),
        changed=changed.sentence,
        steps=[(step, sentence(step.lead, step.part.part, STEP_ROOM)) for step in to_do.steps],
        rest=to_do.rest,
        views=[part_view(part, assignment, ROOM, changed) for part in parts],
        notices=[(shown(where, 80), shown(message, 400)) for where, message in notices[: ROOM.notices]],
    )
    visible_checks = sum(check.verdict is not None for part in parts for check in part.checks)
    pixels = min(_MOST_PIXELS, _LEAST_PIXELS + _PER_CHECK * visible_checks)
    fits = "this.style.height = this.contentDocument.documentElement.scrollHeight + 4 + 'px'"
    return str(
        Markup('<iframe title="hw11 check" style="{}" onload="{}" srcdoc="{}"></iframe>').format(
            f"width: 100%; height: {pixels}px; border: 0; resize: vertical; overflow: auto", fits, page
        )
    )
