"""What a marker reads who saves over a mark that somebody made meanwhile."""

from __future__ import annotations

from grader.files.untrusted_text import one_line
from grader.gradebook.marking.marks import Mark
from reports.words import points


def changed_meanwhile(mark: Mark) -> str:
    """Who did what since the page was opened, and what can be done now."""
    given = "took the mark back" if mark.score is None else f"gave {points(mark.score)}"
    return (
        f"{one_line(mark.marker, 60)} {given} here since you opened this page ({mark.made_at}). "
        "Load the page again to see it, or save once more to replace it by yours."
    )
