"""Finding one submission by whatever staff knows of it: its id, or the student's name, number or e-mail address."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

from grader.errors import UsageError
from grader.records import GradeRecord

_FACTS = ("email", "id", "name")


def find_submission(records: Sequence[GradeRecord], wanted: str, place: str) -> str:
    """The id of the submission that is meant; never one of several, and never one that is only nearly called so.

    Args:
        records: those of a class.
        wanted: an id, name, number or address; case, composition and the order of a name's words do not matter.
        place: where they lie, for the message.

    Raises:
        UsageError: nobody is called so, or several are.
    """
    ids = sorted({record.submission for record in records})
    if wanted in ids:
        return wanted
    asked = _plain(wanted)
    found = (
        sorted(
            {
                record.submission
                for record in records
                if asked in (_plain(record.submission), *(_plain(record.student.get(fact, "")) for fact in _FACTS))
            }
        )
        if asked
        else []
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{wanted!r} could be {' or '.join(found)}: say which of these")
    names = [name for record in records for name in (record.submission, record.student.get("name", "")) if name]
    near = get_close_matches(wanted[:200], names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"{len(ids)} are there; `grades.csv` lists them"
    raise UsageError(f"there is no submission in {place} called {wanted!r}, by id, name or e-mail — {hint}")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(sorted(folded.replace(",", " ").split()))
