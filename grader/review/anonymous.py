"""Who wrote it, kept out of sight.

Owns the name that an answer goes by on the desk, and taking a student's own name out of what they wrote. Whether
somebody may know is the pages' affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "⟨name⟩"
_SHORTEST = 3
"""Shorter words stay: too many of them mean something else."""


def pseudonym(key: str) -> str:
    """What an entry is called where its author must not be known: another name for every check."""
    return f"{key[:4]} {key[4:8]}"


def scrub(text: str, student: Mapping[str, str], submission: str) -> str:
    """The text without what names its author: the whole name and each word of it, number, address, submission.

    Words are taken out whole, in any case, so that a name inside another word stays.
    """
    names = {submission, *student.values()}
    names |= {word for name in student.get("name", "").split() for word in (name, name.strip(".,"))}
    names |= {address.partition("@")[0] for address in (student.get("email", ""),)}
    known = sorted((name for name in names if len(name) >= _SHORTEST), key=len, reverse=True)
    if not known:
        return text
    pattern = "|".join(re.escape(name) for name in known)
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
