"""Single characters: which may be typed at all, and what is said about one that may not.

Mathematical letters become plain ones; invisible characters, controls and letters that only look like Latin
ones are refused by name, so that nothing passes for something else.
"""

from __future__ import annotations

import unicodedata

from grader.maths.reading.accents import with_accent
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.sign_tables import SPACES

_LETTERS = frozenset("αβγδεϵζηθϑικλμµνξπρϱσςτυφϕχψωΓΔΘΛΞΠΣΦΨΩℓⁿᵃᵇᶜᵈᵉᵏˡᵐᵖᵗˣʸᶻᵅᵝᵞᐟᴰᴷᴸᴹᴺₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥᵀ")


def known_characters(text: str) -> str:
    """The text with mathematical letters made plain, one for one, so that columns stay."""
    characters = []
    for place, char in enumerate(text):
        if "\U0001d400" <= char <= "\U0001d7ff" or char in "ℎℯℐℒℰℬℛ":
            char = unicodedata.normalize("NFKC", char)
            char = char if len(char) == 1 else "\ufffd"
        elif char in "’′‘`´":
            char = "'"
        if not (char.isascii() and char.isprintable()) and char not in SPACES:
            _refuse_strange(char, place + 1)
        characters.append(char)
    return "".join(characters)


def _refuse_strange(char: str, column: int) -> None:
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        advice = {
            "\f": "a form feed, which is what \\frac becomes in double quotes; use single quotes or a | block",
            "\b": "a backspace, which is what \\beta becomes in double quotes; use single quotes or a | block",
            "\a": "a bell, which is what \\alpha becomes in double quotes; use single quotes or a | block",
            "\v": "a tabulator, which is what \\v… becomes in double quotes; use single quotes or a | block",
        }
        raise Unreadable(f"an invisible character (U+{ord(char):04X}): {advice.get(char, 'delete it')}", column)
    if (category[0] == "L" or category == "Nl") and not _is_letter(char):
        name = unicodedata.name(char, "an unknown letter").lower()
        raise Unreadable(f"{char!r} is {name}, not a letter used here: type it again", column)


def _is_letter(char: str) -> bool:
    """Whether a letter is used here, by itself or under an accent."""
    letter, accent, _ = with_accent(char, 0)
    return letter in _LETTERS or (bool(accent) and letter.isascii())
