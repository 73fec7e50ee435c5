"""What submissions are called.

Owns ids: safe as file names on every system, unique even where case does not count, and never passed on from one
student to another. Knows what was graded before only from its caller.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from grader.grouping import by_key
from grader.submission.downloads import whose
from grader.submission.model import SubmissionSource

MAX_BYTES = 120
"""Names of files may have 255 bytes, of which `-attempt-12` and `.html` want some; a letter has up to four."""
_LONGEST = 1000
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}
_INVISIBLE = {*"\u034f\u115f\u1160\u3164\uffa0", *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))}
"""Letters and marks that show nothing."""


def safe_id(name: str) -> str:
    """A name that is safe as a file name on every system; letters of every script stay."""
    words = "".join(c if _is_part_of_word(c) else " " for c in unicodedata.normalize("NFKC", name)[:_LONGEST]).split()
    safe = "-".join(words).strip("-. ").encode("utf-8")[:MAX_BYTES].decode("utf-8", "ignore").strip("-. ")
    if not safe or safe.casefold().partition(".")[0] in _RESERVED:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"submission-{safe or digest}"
    return safe


def with_ids(found: Sequence[SubmissionSource], known: Sequence[SubmissionSource]) -> list[SubmissionSource]:
    """Safe ids, which differ even where case does not count; a student's later attempts say so in theirs.

    Who was graded before keeps the id, wherever in the list the submission stands now: recognised by its place, or by
    its name where nothing lies in that place any more or most of the class came along to another. Anybody else of that
    name is somebody else, and takes no id that was given away. Where several names come to the same, whoever is
    called just so takes it, and the others get a suffix made from their own name; their order decides nothing.

    Args:
        found: submissions; each `id` is a name as it was found.
        known: submissions with the ids that they were graded under.
    """
    kept = _kept(found, known)
    taken = {_folded(one.id) for one in known} | {_folded(name) for name in kept.values()}
    named: dict[int, str] = dict(kept)
    new = sorted(set(range(len(found))) - kept.keys(), key=lambda i: _origin(found[i]))
    alike = by_key((_folded(_base(found[i])), i) for i in new)
    for name, several in alike.items():
        just_so = [i for i in several if _base(found[i]) == found[i].id] or (several if len(several) == 1 else [])
        if name not in taken and just_so:
            named[just_so[0]] = _base(found[just_so[0]])
    taken |= {_folded(name) for name in named.values()}
    for i in [i for several in alike.values() for i in several if i not in named]:
        named[i] = next(name for name in _suffixed(found[i]) if _folded(name) not in taken)
        taken.add(_folded(named[i]))
    return [replace(one, id=named[i]) for i, one in enumerate(found)]


def _suffixed(one: SubmissionSource) -> Iterator[str]:
    """Ids with suffixes made from a submission's own name, then from where it comes from, then numbers."""
    for own in (one.id, "\0".join(_origin(one))):
        yield f"{_base(one)}-{hashlib.sha256(own.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
    yield from (f"{_base(one)}-{number}" for number in count(2))


def _kept(found: Sequence[SubmissionSource], known: Sequence[SubmissionSource]) -> dict[int, str]:
    """By place in the list, the ids of submissions that were graded before."""
    ids = {_origin(one): one.id for one in known}
    kept = {i: ids[_origin(one)] for i, one in enumerate(found) if _origin(one) in ids}
    lost = {one.id: one for one in known if one.id not in set(kept.values()) and not one.platform}
    by_name = by_key((_name(one), one) for one in lost.values())
    new = by_key((_name(one), i) for i, one in enumerate(found) if i not in kept and not one.platform)
    pairs = [(by_name[name][0], places[0]) for name, places in new.items() if len(by_name[name]) == len(places) == 1]
    held = Counter(_class_of(one) for one in known)
    moved = Counter((_class_of(old), _class_of(found[i])) for old, i in pairs)
    for old, i in pairs:
        together = 2 * moved[_class_of(old), _class_of(found[i])] > held[_class_of(old)]
        if together or not old.path.exists():
            kept[i] = old.id
    return kept


def _origin(one: SubmissionSource) -> tuple[str, ...]:
    """Where a submission comes from: a student of a platform, or a place."""
    if one.platform:
        return one.platform, whose(one.student) or f"gradescope {one.student.get('gradescope')}", str(one.attempt)
    return str(one.path.resolve()), *_top(one)


def _name(one: SubmissionSource) -> tuple[str, ...]:
    """What a submission is still called when its class was moved."""
    return _folded(one.path.name) if one.members is None else "", *_top(one)


def _class_of(one: SubmissionSource) -> Path:
    return one.path.resolve().parent if one.members is None else one.path.resolve()


def _top(one: SubmissionSource) -> tuple[str, ...]:
    """Which of many submissions in one zip it is."""
    return (min(one.members.values()).rpartition("/")[0],) if one.members else ()


def _base(one: SubmissionSource) -> str:
    return safe_id(one.id if one.attempt == 1 else f"{one.id}-attempt-{one.attempt}")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _is_part_of_word(letter: str) -> bool:
    """Letters, marks on them, digits, and what joins words; nothing that is invisible or turns the line around."""
    return letter in "._-" or (unicodedata.category(letter)[0] in "LMN" and letter not in _INVISIBLE)
