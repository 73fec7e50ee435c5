"""Finding one submission by whatever staff knows of it: its id, or the student's name, number or e-mail address.

The number may be the university's or a platform's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Protocol

from grader.errors import UsageError

_LISTED = 8  # of those who could be meant
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
)
"""Letters that are typed otherwise where a keyboard lacks them, and that are no letter with a mark for Unicode."""
_SPELLED_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))
"""How accents are written where there are none: `Mueller`."""
_AS_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


class HandedIn(Protocol):
    """Anything that knows a submission and whose it is: a record, its head, or an entry of the marking queue."""

    @property
    def submission(self) -> str:
        """The submission's id."""

    @property
    def student(self) -> Mapping[str, str]:
        """What is known of the student."""


class NotFound(UsageError):
    """Nobody, or not exactly one, is called so; `could_be` are all who have the words in their name, id or address."""

    def __init__(self, says: str, could_be: Sequence[HandedIn]) -> None:
        super().__init__(says)
        self.could_be = could_be


def find_submission(records: Sequence[HandedIn], wanted: str, place: str) -> str:
    """The id of the submission that is meant; never one of several, and never one that is only nearly called so.

    Args:
        records: those of a class.
        wanted: an id, name, number or address; case, composition and the order of a name's words do not matter, nor
            do accents where nobody is called just so.
        place: where they lie, for the message.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    known = {record.submission: record for record in records}
    if wanted in known:
        return wanted
    for form in (_plain, _unaccented):
        asked = form(wanted)
        called = (one for one in records if asked in map(form, (one.submission, *one.student.values())))
        found = {one.submission for one in called} if asked else set()
        if len(found) == 1:
            return found.pop()
        if found:
            several = [known[name] for name in sorted(found)]
            raise NotFound(f"{wanted!r} could be {_listed(several)}: say which of these", several)
    near = [record for _, record in sorted(known.items()) if _has(record, wanted)]
    says = f"there is no submission in {place} called {wanted!r}, by id, name or e-mail"
    raise NotFound(f"{says} — {_hint(list(known.values()), near, wanted)}", near)


def _hint(records: Sequence[HandedIn], near: Sequence[HandedIn], wanted: str) -> str:
    if near:
        return f"did you mean {_listed(near)}?"
    names = [name for record in records for name in (record.submission, record.student.get("name", "")) if name]
    like = get_close_matches(wanted[:200], names, n=1)
    return f"did you mean {like[0]!r}?" if like else f"{len(records)} are there; `grades.csv` lists them"


def _listed(records: Sequence[HandedIn]) -> str:
    more = [f"{len(records) - _LISTED} more"] if len(records) > _LISTED else []
    return " or ".join([*(label(record) for record in records[:_LISTED]), *more])


def label(record: HandedIn) -> str:
    """A submission with the name of its student, for staff who choose among several."""
    name = record.student.get("name", "")
    return f"{record.submission} ({name})" if name and _plain(name) != _plain(record.submission) else record.submission


def _has(record: HandedIn, wanted: str) -> bool:
    """Whether every word that was typed is part of the student's name, id or address, accents and case aside."""
    typed = _loose(wanted).split()
    there = _loose(" ".join((record.submission, *record.student.values())))
    return bool(typed) and all(word in there for word in typed)


@lru_cache(maxsize=100_000)
def _plain(text: str) -> str:
    """A name as it is compared; a desk looks through the names of a whole class with each search."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(sorted(folded.replace(",", " ").split()))


@lru_cache(maxsize=100_000)
def _unaccented(text: str) -> str:
    return " ".join(sorted(without_accents(text).replace(",", " ").split()))


@lru_cache(maxsize=100_000)
def _loose(text: str) -> str:
    """A text in which parts of names are looked for: letters and digits, without accents however they are spelled."""
    bare = " ".join(re.findall(r"\w+", without_accents(text).replace("_", " ")))
    for spelled, letter in _SPELLED_OUT:
        bare = bare.replace(spelled, letter)
    return bare


def without_accents(text: str) -> str:
    """A text in small letters, without accents and with one kind of apostrophe."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED).replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def spellings(name: str) -> set[str]:
    """How a name may be typed where a keyboard lacks its letters, or by who knows letters that it lacks here."""
    small = unicodedata.normalize("NFC", name).lower()
    joined = small.replace("ss", "ß")
    for spelled, letter in _SPELLED_OUT:
        joined = joined.replace(spelled, letter)
    bare = small.translate(_UNDECOMPOSED)
    return {name, bare, small.translate(_AS_TWO), small.translate(_AS_TWO).translate(_UNDECOMPOSED), joined}
