"""Finding one submission by whatever staff knows of it: its id, or the student's name, number or e-mail address.

The number may be the university's or a platform's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Protocol

from grader.errors import UsageError


class HandedIn(Protocol):
    """Anything that knows a submission and whose it is, such as a record."""

    @property
    def submission(self) -> str:
        """The submission's id."""

    @property
    def student(self) -> Mapping[str, str]:
        """What is known of the student."""


def find_submission(records: Sequence[HandedIn], wanted: str, place: str) -> str:
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
    called = (one for one in records if asked in map(_plain, (one.submission, *one.student.values())))
    found = sorted({one.submission for one in called}) if asked else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{wanted!r} could be {' or '.join(found)}: say which of these")
    names = [name for record in records for name in (record.submission, record.student.get("name", "")) if name]
    near = get_close_matches(wanted[:200], names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"{len(ids)} are there; `grades.csv` lists them"
    raise UsageError(f"there is no submission in {place} called {wanted!r}, by id, name or e-mail — {hint}")


@lru_cache(maxsize=100_000)
def _plain(text: str) -> str:
    """A name as it is compared; a desk looks through the names of a whole class with each search."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(sorted(folded.replace(",", " ").split()))
