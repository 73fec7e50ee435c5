"""Who it was, taken out for good.

Owns pseudonyms that nobody without the class secret can lead back, and taking everything that names somebody of the
class out of a free text. Registers no format.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from grader.records import GradeRecord
from grader.seeding import derive_key

HIDDEN = "⟨someone⟩"
_SHORTEST_WORD, _SHORTEST_NUMBER = 3, 4
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PATH = re.compile(r"(?:[A-Za-z]:\\|/|~/)(?:home|Users|root|tmp|mnt|var|private|scratch)\b[^\s'\"<>]*")


def pseudonym(secret: bytes, purpose: str, submission: str) -> str:
    """The same for the same submission and purpose; unrelated between purposes; a riddle without the secret."""
    key = derive_key(secret, "pseudonym", purpose, submission)
    return "s-" + base64.b32encode(key).decode("ascii")[:10].lower()


def scrubber(records: Sequence[GradeRecord]) -> Callable[[str], str]:
    """A function that takes names, ids, addresses and personal paths of a whole class out of a text.

    Every word of a name goes, whoever wrote the text and in whatever case: a common word that is also somebody's
    name is lost with it, which is the lesser harm.
    """
    known = sorted({word for record in records for word in _naming(record)}, key=lambda word: (-len(word), word))
    if not known:
        return lambda text: _PATH.sub(HIDDEN, _EMAIL.sub(HIDDEN, text))
    names = re.compile("|".join(_whole(word) for word in known), re.IGNORECASE)

    def scrub(text: str) -> str:
        bare = _PATH.sub(HIDDEN, _EMAIL.sub(HIDDEN, unicodedata.normalize("NFC", text)))
        return names.sub(HIDDEN, bare)

    return scrub


def _naming(record: GradeRecord) -> Iterable[str]:
    """Everything that tells who it was: whole values, and the words of a name."""
    values = {unicodedata.normalize("NFC", value) for value in (*record.student.values(), record.submission) if value}
    for value in values:
        if len(value) >= (_SHORTEST_NUMBER if value.isascii() else 2):
            yield value
    name = unicodedata.normalize("NFC", record.student.get("name", ""))
    for word in re.split(r"[\s,;._-]+", name):
        if len(word) >= (_SHORTEST_WORD if word.isascii() else 2):
            yield word
    local = record.student.get("email", "").partition("@")[0]
    if len(local) >= _SHORTEST_NUMBER:
        yield local


def _whole(word: str) -> str:
    """A word where it stands alone; scripts that put no blanks between words are matched anywhere."""
    if not word[0].isalnum() or not re.match(r"[a-zà-ɏͰ-ӿ0-9]", word[0].casefold()):
        return re.escape(word)
    return rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
