r"""What sets the look of an answer and not its meaning: environments, `\tag`, font switches, Markdown, `{r}_{max}`.

Everything is blanked out or moved within the text, so that columns stay. Two lines are joined only where the second
goes on with a sign of equality; what could be read in two ways is left as it is, for the reader to refuse.
"""

from __future__ import annotations

import re

from grader.maths.reading.accents import OPTIMUM
from grader.maths.reading.columns import blank, blanked, is_open
from grader.maths.reading.functions import MATRIX_SPELLINGS, SPELLINGS
from grader.maths.reading.sign_tables import STRUCTURE, WRAPPERS
from grader.maths.reading.symbols import GREEK, Symbols, spelling_key

_FRAMES = r"(?:equation|align|aligned|gather|gathered|split|multline|displaymath|math|eqnarray)\*?"
_FRAME = re.compile(rf"\\(?:begin|end)\s*\{{{_FRAMES}\}}")
_ROWS = re.compile(r"\\begin\s*\{(?!" + _FRAMES + r"\})")
_NEXT_LINE = re.compile(r"\\\\\s*&?\s*(?==|≈|\\approx|\\simeq|\\equiv)")
_ALIGNED = re.compile(r"(?<!\\)&")
_NUMBERED = re.compile(r"\\(?:tag\*?|label)\s*\{[^{}]*\}|\\(?:notag|nonumber)(?![A-Za-z])")
_LAST_NUMBER = re.compile(r"(?:\\q?quad|\\hfill|\t|(?<! ) {4})\s*\((?:\d{1,3}|\*)\)[\s.,;$]*$")
_SWITCH = re.compile(
    r"\\(?:rm|bf|it|sf|tt|cal|mit|displaystyle|textstyle|scriptstyle|limits|nolimits)(?![A-Za-z])"
    r"|\\(?:[vh]?phantom|hspace\*?|vspace\*?)\s*\{[^{}]*\}"
    r"|\\(?:blacksquare|square|checkmark|qed|Box)(?![A-Za-z])[\s.$]*$"
)
_SIGNED = re.compile(r"\\(?:stackrel|overset)\s*\{[^{}]{0,12}\}\s*\{\s*(=|:=|\\approx)\s*\}")
_ESCAPED = re.compile(r"([A-Za-z]\w*)\\_(?=\w)")
_BRACED_BASE = re.compile(r"(\\[A-Za-z]+|[A-Za-z}])?\{\s*([A-Za-z]|\\[A-Za-z]+)\s*\}(\s*_\s*(?:\{[^{}]*\}|\w))")
_NOTHING = re.compile(r"(?<=[\w})\]])\s*\{\s*\}(?=\s*[_^])")
_TURN = r"\\top|\\intercal|\\prime|⊤|T|\\(?:math\w\w|text)\s*\{\s*T\s*\}"
_TURNED_BASE = re.compile(
    rf"([A-Za-z]|\\[A-Za-z]+)\s*(\^\s*(?:\{{\s*(?:{_TURN})\s*\}}|(?:{_TURN})(?![A-Za-z]))|['′’ᵀ])\s*(_(?:\{{[^{{}}]*\}}|\w+))"
)
_PRIMED_BASE = re.compile(
    r"([A-Za-z]|\\[A-Za-z]+)(['′’]|\^\s*(?:\{\s*\\prime\s*\}|\\prime(?![A-Za-z])))\s*(_(?:\{[^{}]*\}|\w))"
)
_MARKDOWN = re.compile(r"(\s*)(\*\*|__|`{1,3}|\*)(?=\S)(.*?\S)\2(\s*)", re.DOTALL)
_ARROW = re.compile(r"\s*(?:=>|⇒|→|⟹|∴|->|\\(?:Rightarrow|Longrightarrow|implies|therefore|to|rightarrow)(?![A-Za-z]))")
_IMPLIED = re.compile(
    r"=>|[⇒→⟹⟶]|\\(?:Rightarrow|Longrightarrow|implies|to|rightarrow|iff|Leftrightarrow)(?![A-Za-z])|[⇔⟺]|<=>|->"
)
_EQUATES = re.compile(r"(?<![<>!~])=(?![>=])")
_OPTIMUM = re.compile(r"([A-Za-z])\s*\^\s*(?:\{\s*(?:\\star|\\ast|\*)\s*\}|(?:\\star|\\ast|\*)(?![A-Za-z*]))")
_ANSWER = re.compile(
    r"\s*(?:(?:so|thus|hence|therefore|finally),?\s+(?=[^\s=])(?!=)|(?:we|i) (?:get|have|obtain|find)\b:?)?\s*"
    r"(?:(?:the |my |our )?(?:final )?(?:answer|result)(?:\s+is\b|\s*:|\s*=))?",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?<=\S)[\s,;.:–—(-]*(?:\\(?:text|mathrm)\s*\{[\s,;(]*)?"
    r"(?:\b(?:because|since|due to|by (?:the )?(?:\w+ )?(?:rule|theorem|definition|symmetry|linearity|independence))\b"
    r"|\\because(?![A-Za-z])|∵)(?:[^=]*|(?:(?!\b(?:so|thus|hence|therefore)\b|[⇒;]|=>|\\Rightarrow|\\implies).)*)$",
    re.IGNORECASE,
)
_UNEQUAL = re.compile(r"\\not\s*=")
_CAPITALS = {"Σ": "∑", "Π": "∏"}
_PR = re.compile(r"\\Pr(?![A-Za-z])")
_FUNCTION = re.compile(
    r"\\(?:operatorname|mathrm|mathop|mathsf|text|textrm)\*?\s*\{\s*([A-Za-z]\w+)\s*\}(?=\s*[A-Za-z\\])"
)
_ARRAY = re.compile(r"(?:(?:np|numpy|torch|sp|sympy)\.)?(?:array|asarray|tensor|Matrix)(?=\s*\(\s*\[)")
_EYE = re.compile(r"(?:(?:np|numpy|torch)\.)?(?:eye|identity)\(\s*(\w+)\s*\)")
_DOUBLE = re.compile(r"\|\|([^|]+)\|\|")
_INNER = re.compile(r"(\\langle|⟨)([^⟨⟩|]{1,80}?)(\||\\mid(?![a-z])|\\vert(?![a-z]))([^⟨⟩|]{1,80}?\s*(?:\\rangle|⟩))")
_INNER_INDEX = re.compile(r"(\\rangle|⟩)(\s*_\s*(?:\{\s*(?:\\mathrm\s*)?\{?\s*F\s*\}?\s*\}|F(?!\w)))")
_ROW_GAP = re.compile(r"(?<=\\\\)\s?\[-?[\d.]+ ?(?:pt|em|ex|mm|cm|in)\]")
_ACCENTS = frozenset({"hat", "widehat", "bar", "tilde", "widetilde", "vec", "overline", "dot", "ddot"})
_TAKES_ARGUMENT = WRAPPERS | STRUCTURE | _ACCENTS
_ENDING = " \t\r\n,;\\"


def without_layout(text: str, symbols: Symbols) -> str:
    """The answer without what only sets its look, as long as it was.

    Args:
        text: as typed.
        symbols: the question's; a transpose may stand in front of a subscript only of a declared name.
    """
    text = _without_frames(_without_markdown(text))
    for pattern in (_NUMBERED, _LAST_NUMBER, _SWITCH, _NOTHING, _REASON, _ROW_GAP):
        text = pattern.sub(blank, text)
    for pattern in (_ARROW, _ANSWER):
        found = pattern.match(text)
        if found and found.group().strip() and text[found.end() :].strip():
            text = blanked(text, 0, found.end())
    text = _without_derivation(_UNEQUAL.sub(lambda found: "≠".ljust(len(found.group())), text))
    if "P" in symbols.functions and not symbols.find("Pr"):
        text = _PR.sub("P  ", text)
    for letter, sign in _CAPITALS.items():
        if not any(key.startswith(GREEK[letter]) for key in symbols.spellings):
            text = text.replace(letter, sign)
    text = _OPTIMUM.sub(lambda found: _optimum(found, symbols), text)
    text = _SIGNED.sub(lambda found: found.group(1).rjust(len(found.group())), text)
    text = _ESCAPED.sub(r" \1_", text)
    text = _BRACED_BASE.sub(_bare_base, text)
    if any("'" in key for key in symbols.spellings):
        text = _PRIMED_BASE.sub(lambda found: _primed_last(found, symbols), text)
    text = _FUNCTION.sub(lambda found: _bare_function(found, symbols), text)
    if symbols.has_matrices:
        text = _ARRAY.sub(blank, text)
        text = _EYE.sub(lambda found: _identity(found, symbols), text)
        text = _DOUBLE.sub(r" ‖\1‖ ", text)
        text = _INNER.sub(lambda found: found[1] + found[2] + ",".ljust(len(found[3])) + found[4], text)
        text = _INNER_INDEX.sub(lambda found: found[1] + " " * len(found[2]), text)
        text = _TURNED_BASE.sub(lambda found: _turned_last(found, symbols), text)
    return _without_ending(text)


def _without_derivation(text: str) -> str:
    """Blank out the equations that the answer is derived from: `C = k N D => D = C/(k N)`."""
    for arrow in reversed(list(_IMPLIED.finditer(text))):
        if is_open(text, arrow.start()):
            derived = _EQUATES.search(text[: arrow.start()]) and _EQUATES.search(text[arrow.end() :])
            return blanked(text, 0, arrow.end()) if derived else text
    return text


def _optimum(found: re.Match[str], symbols: Symbols) -> str:
    """`N^*` as `N_opt`, where that is a declared name."""
    name = next((name for end in OPTIMUM if (name := symbols.find(found.group(1) + end))), None)
    return found.group() if name is None else name.ljust(len(found.group()))


def _without_markdown(text: str) -> str:
    """Blank out `**…**`, backticks and the like around the whole answer."""
    found = _MARKDOWN.fullmatch(text)
    if not found or found.group(2) in found.group(3):
        return text
    before, mark, inner, after = found.groups()
    return " " * (len(before) + len(mark)) + inner + " " * (len(mark) + len(after))


def _without_frames(text: str) -> str:
    if not _FRAME.search(text):
        return text
    text = _FRAME.sub(blank, text)
    if not _ROWS.search(text):
        text = _ALIGNED.sub(" ", _NEXT_LINE.sub(blank, text))
    return text


def _bare_base(found: re.Match[str]) -> str:
    r"""`{r}_{max}` as `r_{max}`, unless the braces are the argument of a command, as in `\hat{r}_1`."""
    before, base, script = found.group(1) or "", found.group(2), found.group(3)
    if before == "}" or before[1:] in _TAKES_ARGUMENT:
        return found.group()
    apart = " " if before.startswith("\\") else ""
    return f"{before}{apart}{base}{script}".ljust(len(found.group()))


def _bare_function(found: re.Match[str], symbols: Symbols) -> str:
    r"""`\operatorname{tr}A` as `tr A`."""
    word = found.group(1)
    known = word in SPELLINGS or word in MATRIX_SPELLINGS
    return word.ljust(len(found.group())) if known and not symbols.find(word) else found.group()


def _identity(found: re.Match[str], symbols: Symbols) -> str:
    """`np.eye(n)` as the identity of that size."""
    own = (name for name, one in symbols.by_name.items() if one.identity and str(one.rows or found[1]) == found[1])
    return next(own, found.group()).ljust(len(found.group()))


def _turned_last(found: re.Match[str], symbols: Symbols) -> str:
    """`W^T_Q` as `W_Q^T`, where `W_Q` is a name and T none."""
    base, turn, script = found.groups()
    for length in range(len(script), 1, -1):  # `W^T_KX` is W_K^T X
        whole = script.startswith("_{") and length < len(script)
        if symbols.turns("T") and not whole and symbols.find(base + script[:length]) is not None:
            return (base + script[:length] + turn + script[length:]).ljust(len(found.group()))
    return found.group()


def _primed_last(found: re.Match[str], symbols: Symbols) -> str:
    """`x'_i` as `x_i'`, where that is a declared name."""
    base, prime, script = found.groups()
    known = spelling_key(base + script) + "'" in symbols.spellings
    return (base + script + prime).ljust(len(found.group())) if known else found.group()


def _without_ending(text: str) -> str:
    r"""Cut off a comma, a semicolon or `\\` behind everything. No pattern: one that ends in blanks takes too long."""
    kept = text.rstrip(_ENDING)
    return kept + " " * (len(text) - len(kept)) if kept.strip() else text
