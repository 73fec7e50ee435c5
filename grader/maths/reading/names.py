"""Words: which declared names, functions and constants a run of letters is made of.

Owns longest match (`mk` is m·k unless `mk` is declared), subscripts in every spelling, and the message for a
word that means nothing here. Knows nothing of numbers, units or structure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from grader.errors import nearest
from grader.maths.reading.accents import accented, read_accent, with_accent
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import MATRIX_SPELLINGS, SPELLINGS
from grader.maths.reading.sign_tables import SUBSCRIPT_DIGITS, SUBSCRIPT_LETTERS, WRAPPERS, TokenKind
from grader.maths.reading.symbols import GREEK, GREEK_VARIANTS, GREEK_WORDS, Symbols, spelling_key

_COMMAND = re.compile(r"\\([A-Za-z]+)[ ]?")
_WRAPPED = re.compile(r"\\([A-Za-z]+)\s*\{\s*(\\?[A-Za-z0-9]+)\s*\}")
_BRACED = re.compile(r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_SCRIPT = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}]*\})?|\(\w\)|.", re.DOTALL)
_GLUES_TO_ARGUMENT = frozenset({"log", "ln", "exp", "sin", "cos", "tan", "sqrt"})
_GLUES_TO_DIGITS = frozenset({"ln", "sqrt"})
_CALLED = re.compile(r"(?:\^\s*(?:\{[^{}]*\}|\w+)|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?\s*(?:\\[a-zA-Z]+)?\s*[(\[{|⟨]|\s+[\w\\]|_")
"""What stands behind the name of a function: a bracket, or an argument after a blank."""
_BARE = frozenset(
    {"log", "exp", "sin", "cos", "tan", "sqrt", "cot", "sec", "csc", "sinh", "cosh", "tanh", "trace", "det"}
)
"""Functions that are written without brackets."""
_PRIME = re.compile(r"'|\^\s*(?:\{\s*\\prime\s*\}|\\prime)")
_TURN = r"(?:\\top|\\intercal|⊤|ᵀ|'|\\prime|T|\\math(?:rm|sf)\s*\{\s*T\s*\})(?![A-Za-z])"
_TURNED = re.compile(
    rf"\{{\s*(?:(?P<first>\(?\w\)?)(?:\s|\\[,;:! ]|~)*\^?\{{?{_TURN}\}}?|{_TURN}\s*(?P<last>\(\w\)))\s*\}}"
)
_LIMIT = 60
_ADVICE = {"einsum": "write the product itself, as in G @ B.T", "null": "write 0", "star": "write the declared name"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One name, function or constant of a run, with where it starts and ends in the text."""

    kind: TokenKind
    text: str
    start: int
    end: int


_Meaning = Callable[[str, bool], tuple[TokenKind, str] | None]


@dataclass(frozen=True, slots=True)
class _Atom:
    key: str
    start: int
    end: int
    glued: bool = False
    """Belongs to the letter before it: no name ends just before this."""
    optional: bool = False
    """A superscript, which is a power unless the question declares it as part of a name."""
    turned: bool = False
    """A superscript that also holds a transpose, as the one of `A^{(1)\\top}`."""


def starts_word(text: str, place: int, symbols: Symbols) -> bool:
    """Whether a letter, a Greek command or an upright letter stands here."""
    return bool(_atom(text, place, symbols, inside=False))


def read_word(text: str, position: int, symbols: Symbols) -> tuple[list[Piece] | None, int]:
    """Split the run of letters at `position` into declared names, functions and constants.

    Args:
        text: the whole answer.
        position: where a letter stands.
        symbols: the question's symbols.

    Returns:
        The pieces, or None where the run means nothing, and the end of the run.
    """
    atoms = _atoms(text, position, symbols)
    stop = atoms[-1].end if not atoms[-1].optional else atoms[-2].end
    if len(atoms) > _LIMIT:
        return None, stop
    powered, called = text[stop : stop + 1] == "^", bool(_CALLED.match(text, stop))
    functions = functions_of(symbols)
    for spellings in (symbols.spellings, {**symbols.loose_spellings, **symbols.spellings}):
        pieces = _segment(atoms, 0, partial(_meaning, spellings, functions, powered, called), set())
        if pieces is not None:
            return pieces, pieces[-1].end
    return None, stop


def functions_of(symbols: Symbols) -> Mapping[str, str]:
    """Every spelling of a function that means something in this question."""
    return {**SPELLINGS, **MATRIX_SPELLINGS} if symbols.has_matrices else SPELLINGS


def unknown_word(text: str, start: int, stop: int, symbols: Symbols) -> Unreadable:
    """The message for a word that means nothing in this question, with the nearest that does."""
    word = text[start:stop]
    column = start + 1
    known = [name for name, symbol in symbols.by_name.items() if len(name) <= 30 and not symbol.numbered]
    for start_of, advice in _ADVICE.items():
        if word.startswith(start_of):
            return Unreadable(f"{start_of} is not read here: {advice}", column)
    prose = [found for found in re.findall(r"[A-Za-z]{2,}", text) if not symbols.find(found) and found not in SPELLINGS]
    if len(prose) >= 4 and "\\" not in text:
        return Unreadable("this reads like a sentence; give the formula or the value alone", column)
    shown = word if len(word) <= 30 else word[:29] + "…"
    advice = _nearest(word, symbols)
    if advice and known:
        return Unreadable(f"{shown!r} is not a name of this question — did you mean {advice!r}?", column)
    if not known:
        return Unreadable(f"{shown!r} is not expected here: a plain number is accepted", column)
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return Unreadable(f"{shown!r} is not a name of this question — its names are {listed}", column)


def _nearest(word: str, symbols: Symbols) -> str:
    """The nearest declared name, if any; no function is ever offered, since that could give the answer away."""
    key = spelling_key(word)
    names = list(symbols.by_name)
    for name in names:
        if spelling_key(name).lower() == key.lower() or _look_alike(name) == _look_alike(key):
            return name
    return nearest(key, names) if 1 < len(key) <= 30 else ""


def _look_alike(name: str) -> str:
    key = spelling_key(name)
    for word, letter in (("alpha", "a"), ("beta", "b"), ("eta", "n"), ("sigma", "s"), ("phi", "f")):
        key = key.replace(word, letter)
    return key.translate(str.maketrans("lIO", "110"))


def _segment(atoms: Sequence[_Atom], first: int, meaning: _Meaning, dead: set[int]) -> list[Piece] | None:
    if first == len(atoms) or atoms[first].optional:
        return []
    if first in dead:
        return None
    for last in range(len(atoms), first, -1):
        key = "".join(atom.key for atom in atoms[first:last])
        if last < len(atoms) and atoms[last].glued and not atoms[last].optional:
            found = meaning(key, True) if key in _GLUES_TO_DIGITS else None
            if found and found[0] == "function" and (number := _digits(atoms[last:])):
                return [Piece(*found, atoms[first].start, atoms[last].start), *number]
            continue
        found = meaning(key, last == len(atoms) or atoms[last].optional)
        rest = _segment(atoms, last, meaning, dead) if found else None
        if found and rest is not None:
            name = Piece(*found, atoms[first].start, atoms[last - 1].end)
            turned = [Piece("operator", "ᵀ", name.start, name.end)] if atoms[last - 1].turned else []
            return [name, *turned, *rest]
    dead.add(first)
    return None


def _digits(atoms: Sequence[_Atom]) -> list[Piece]:
    """The number in brackets that the rest of a run is, as the 2 of `ln2`; none where it is more than digits."""
    number = "".join(atom.key for atom in atoms)
    if not number.isdigit():
        return []
    start, end = atoms[0].start, atoms[-1].end
    return [Piece("open", "(", start, end), Piece("number", number, start, end), Piece("close", ")", start, end)]


def _meaning(
    spellings: Mapping[str, str], functions: Mapping[str, str], powered: bool, called: bool, key: str, whole: bool
) -> tuple[TokenKind, str] | None:
    """What letters mean that are a whole run, or only its beginning.

    `powered` says that a power stands behind the run, `called` a bracket: without one the abs of `2abs` is a product,
    where each letter is declared.
    """
    if key in spellings:
        return "name", spellings[key]
    letters = not called and functions.get(key) not in _BARE and all(letter in spellings for letter in key)
    if key in functions and not letters and (whole or key in _GLUES_TO_ARGUMENT):
        return "function", functions[key]
    if key == "pi" or (key == "e" and ("E" not in spellings or (whole and powered))):
        return "constant", key
    return None


def _atoms(text: str, position: int, symbols: Symbols) -> list[_Atom]:
    atoms: list[_Atom] = []
    place = position
    while place < len(text) and len(atoms) <= _LIMIT:
        found = _atom(text, place, symbols, inside=bool(atoms))
        if not found:
            break
        atoms.extend(found)
        place = found[-1].end
    prime = _PRIME.match(text, place) if atoms and any(key.endswith("'") for key in symbols.spellings) else None
    if prime:
        atoms.append(_Atom("'", place, prime.end(), glued=True, optional=True))
        return atoms
    if place < len(text) and text[place] == "^" and any("^" in key for key in symbols.spellings):
        turned = _TURNED.match(text, place + 1) if symbols.turns("T") else None
        if turned:
            number = turned.group("first") or turned.group("last")
            key = spelling_key(number)
            atoms.append(_Atom(f"^{key}", place, turned.end(), glued=True, optional=True, turned=True))
            return atoms
        content, end = _script(text, place + 1)
        if content:
            below, last = _script(text, end + 1) if text[end : end + 1] == "_" else ("", end)
            key = f"^{content}_{below}" if below else f"^{content}"
            atoms.append(_Atom(key, place, last, glued=True, optional=True))
    return atoms


def _atom(text: str, place: int, symbols: Symbols, *, inside: bool) -> list[_Atom]:
    char = text[place]
    letter, accent, end = with_accent(text, place)
    if accent and letter.isalpha():
        return [_Atom(accented(accent, GREEK.get(letter, letter), symbols), place, end)]
    if char.isascii() and char.isalpha():
        return [_Atom(char, place, place + 1)]
    if char in GREEK:
        return [_Atom(GREEK[char], place, place + 1)]
    if char == "ℓ":
        return [_Atom("ell" if "ell" in symbols.spellings else "l", place, place + 1)]
    if char == "\\":
        return _command_atoms(text, place, symbols)
    if not inside:
        return []
    if (char.isascii() and char.isdigit()) or char in SUBSCRIPT_DIGITS:
        return [_Atom(SUBSCRIPT_DIGITS.get(char, char), place, place + 1, glued=True)]
    if char in SUBSCRIPT_LETTERS:
        end = place
        while end < len(text) and text[end] in SUBSCRIPT_LETTERS:
            end += 1
        letters = "".join(SUBSCRIPT_LETTERS[letter] for letter in text[place:end])
        return [_Atom("_" + letters, place, end, glued=True)]
    if char == "_":
        content, end = _script(text, place + 1)
        if content:
            return [_Atom(content if content[0].isdigit() else "_" + content, place, end, glued=True)]
    return []


def _command_atoms(text: str, place: int, symbols: Symbols) -> list[_Atom]:
    command = _COMMAND.match(text, place)
    name = GREEK_VARIANTS.get(command.group(1), command.group(1)) if command else ""
    if command and name in GREEK_WORDS:
        return [_Atom(name, place, command.end(1))]
    if command and name == "ell":
        return [_Atom("ell" if "ell" in symbols.spellings else "l", place, command.end(1))]
    accent = read_accent(text, place)
    if accent:
        above, base, end = accent
        return [_Atom(accented(above, base, symbols), place, end)]
    wrapped = _wrapped(text, place)
    if not wrapped:
        return []
    content = spelling_key(wrapped.group(2))
    if content in symbols.spellings or content in GREEK_WORDS or content in functions_of(symbols) or len(content) == 1:
        return [_Atom(content, place, wrapped.end())]
    start = wrapped.start(2)
    letters = [_Atom(letter, start + at, start + at + 1, glued=letter.isdigit()) for at, letter in enumerate(content)]
    return [*letters[:-1], _Atom(letters[-1].key, letters[-1].start, wrapped.end(), letters[-1].glued)]


def _wrapped(text: str, place: int) -> re.Match[str] | None:
    wrapped = _WRAPPED.match(text, place)
    return wrapped if wrapped and wrapped.group(1) in WRAPPERS and not wrapped.group(2)[0].isdigit() else None


def _script(text: str, place: int) -> tuple[str, int]:
    """The key of the subscript or superscript that starts at `place`, and its end; empty where none does."""
    found = _BRACED.match(text, place) or _SCRIPT.match(text, place)
    if not found:
        return "", place
    content = spelling_key(found.group(1) if found.re is _BRACED else found.group())
    return (content, found.end()) if re.fullmatch(r"\w{1,30}", content) else ("", place)
