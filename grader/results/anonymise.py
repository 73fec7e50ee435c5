"""Pseudonyms, and free text without what names a student.

Owns which words name a student (whole values, the words of a name, the local part of an e-mail address) and how they,
e-mail addresses and personal paths are hidden in a text. Does not own who may see a name: that is decided by the
exports and by the pages of the marking desk.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from os.path import commonprefix

from grader.grouping import by_key
from grader.results.lookup import HandedIn, spellings
from grader.seeding import derive_key

HIDDEN = "⟨someone⟩"
_SHORTEST_WORD, _SHORTEST_NUMBER, _SHORTEST_FOREIGN = 3, 4, 2
"""Characters below which a word stays: "Jo" and "101" mean too many other things. Outside ASCII two characters name
somebody, as Chinese names do."""
# begins where a word begins, and gives nothing back: a long word without "@" is read once, not from each of its letters
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++")
_PATH = re.compile(
    r"""~?(?:(?:[A-Za-z]:)?[\\/](?:home|Users)              # /home/ada, C:\\Users\\ada, ~/home/ada
         |(?<![\w)\]}])/(?:root|tmp|mnt|var|private|scratch)  # /tmp/ada; not the variance in cov(x,y)/var/n
        )[\\/][^\s'"<>]*""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_ALONE = r"(?<![^\W_])(?:{})(?![^\W_])"
_SPACED_SCRIPT = re.compile(r"[a-z0-9\u0370-\u052f]")  # Latin (accents are gone by then), Greek, Cyrillic


def pseudonym(secret: bytes, submission: str) -> str:
    """A name for a submission in tables for research, which only the class secret can lead back."""
    key = derive_key(secret, "pseudonym", "research", submission)
    return "s-" + base64.b32encode(key).decode("ascii")[:10].lower()


def entry_label(key: str) -> str:
    """How the marking desk calls an entry of its queue: another name for every check of the same student."""
    return f"{key[:4]} {key[4:8]}"


def scrubber(people: Iterable[HandedIn]) -> Callable[[str], str]:
    """A function that hides, in any text, whatever names one of these people, and every e-mail address and home path.

    Words are compared without case and accents, however their umlauts are spelled, and hidden where they stand alone. A
    common word that is also somebody's name is lost with it, which is the lesser harm.
    """
    known = {word for one in people for word in _naming(one)}
    apart = {word for word in known if _SPACED_SCRIPT.match(word[0].casefold())}
    patterns = [_ALONE.format(_any_of(apart))] if apart else []
    patterns += [_any_of(known - apart)] if known - apart else []  # scripts that put no blanks between words
    names = re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)

    def scrub(text: str) -> str:
        bare = _PATH.sub(HIDDEN, _EMAIL.sub(HIDDEN, unicodedata.normalize("NFC", text)))
        pieces, at = [], 0
        for match in names.finditer(_plain(bare)):
            pieces += [bare[at : match.start()], HIDDEN]
            at = match.end()
        return "".join([*pieces, bare[at:]])

    return scrub


def _naming(one: HandedIn) -> Iterable[str]:
    """Everything that tells who it was, as it is compared."""
    local, _, _ = one.student.get("email", "").partition("@")
    values = {said for value in (*one.student.values(), one.submission, local) for said in spellings(value)}
    words = {word for said in spellings(one.student.get("name", "")) for word in _WORD.findall(_plain(said))}
    known = (_plain(value).strip().lower() for value in (*values, *words))
    return (word for word in known if len(word) >= _shortest(word))


def _shortest(word: str) -> int:
    if not word.isascii():
        return _SHORTEST_FOREIGN
    return _SHORTEST_NUMBER if word.isdecimal() else _SHORTEST_WORD


def _plain(text: str) -> str:
    """A text as it is compared: without accents and with one kind of apostrophe, as many characters as its NFC."""
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return composed if composed.isascii() else "".join(map(_without_accents, composed))


def _without_accents(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    return parts[0] if all(map(unicodedata.combining, parts[1:])) else character


def _any_of(words: Collection[str]) -> str:
    """A pattern for any of many words, longer ones first. It is tried letter by letter, not word by word."""
    pieces = []
    for _, group in sorted(by_key((word[0], word) for word in words).items()):
        start = commonprefix(group)  # noqa: RUF071  # of letters, as it says
        ends = {word[len(start) :] for word in group}
        more = f"(?:{_any_of(ends - {''})})" if ends != {""} else ""
        pieces.append(re.escape(start) + (f"{more}?" if more and "" in ends else more))
    return "|".join(pieces)
