"""What a check says, as a sentence on a page.

Owns the one distinction that matters there: a sentence that an author wrote, word for word, may hold formulas; any
other message may quote a student, and stays plain text that the template escapes.
"""

from __future__ import annotations

import re

from grader.problem.model import Part
from reports.prose import to_inline_html
from reports.untrusted import shown


def sentence(text: str, part: Part, room: int) -> str:
    """A message of one of the part's checks, begun with a capital; `Markup` if it is the author's."""
    begun = _begun(text, part)
    return to_inline_html(begun) if text in _author_says(part) else shown(begun, room)


def _author_says(part: Part) -> frozenset[str]:
    specs = [*part.fields.values(), *part.spec.runs]
    mistakes = {mistake.says for spec in specs for mistake in getattr(spec, "mistakes", ())}
    return frozenset(mistakes | {o.says for spec in specs for o in getattr(spec, "options", {}).values()})


def _begun(text: str, part: Part) -> str:
    """With a capital, unless the first word is a name of the part or no plain word."""
    first = re.match(r"[a-z]+(?=[ :,])", text)
    if first is None or first[0] in part.symbols or first[0] in part.fields:
        return text
    return text[0].upper() + text[1:]
