r"""Formulas of names that a question does not have, such as the left of `W_U X = …`, and what two labels share.

Owns which text is such a formula, and so may say where an answer comes from, and never is the answer.
"""

from __future__ import annotations

import re

from grader.maths.reading.errors import Unreadable
from grader.maths.reading.functions import SPELLINGS
from grader.maths.reading.parser import parse
from grader.maths.reading.symbols import GREEK, GREEK_WORDS, Symbols
from grader.maths.reading.tree import Name, walk

NAME = re.compile(
    r"(?:(?<![\d.A-Za-z_\\{])|(?=\\))(\\?[A-Za-zα-ωΑ-Ω]+)((?:_\{[^{}]*(?:\{[^{}]*\})?[^{}]*\}|_\w+|\d+)?)"
)
_CONDITIONAL = re.compile(r"\\begin\s*\{[dr]?cases|\b(?:if|otherwise|with|where|such that)\b")
_SHAPE = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|mathrm|mathbf|mathbb|mathcal|mathsf|text|textrm|operatorname|boldsymbol|bm|cdot|rm)"
    r"(?![A-Za-z])|\\[,;:! ]|[\s{}~*·$]"
)
_TURNS = re.compile(r"\^?(?:\\top|\\intercal|⊤|ᵀ|\^T)|\^T|\.T(?![A-Za-z])")
_ANGLES = str.maketrans({"⟨": "<", "⟩": ">", "[": "(", "]": ")", "∇": "∇", "′": "'", "’": "'"})


def label_key(label: str) -> str:
    r"""What all spellings of one label share: `q_i^\top k_j` and `q_i^T k_j`, `\langle x, y\rangle` and `<x,y>`."""
    text = "".join(GREEK.get(char, char) for char in label)
    text = _TURNS.sub("⊤", _SHAPE.sub("", text).translate(_ANGLES))
    text = text.replace("\\langle", "<").replace("\\rangle", ">").replace("\\nabla", "∇").replace("\\varphi", "\\phi")
    return re.sub(r"_(?=\d)", "", text.replace("\\prime", "'").replace("^'", "'").replace("\\", ""))


def is_conditional(text: str) -> bool:
    """Whether a case or a definition has begun, so that a sign of equality belongs to it and ends no label."""
    return bool(_CONDITIONAL.search(text))


def is_foreign(member: str, symbols: Symbols) -> bool:
    """Whether a member is a formula that holds a name which the question does not have."""
    found = {base + below for base, below in NAME.findall(member) if _names_something(base)}
    unknown = {name for name in found if symbols.find(name) is None}
    if not unknown:
        return False
    spec: dict[str, dict[str, object]] = {name.lstrip("\\"): {} for name in unknown}
    try:
        strange = Symbols.from_spec(spec)
        node = parse(member, Symbols({**symbols.by_name, **strange.by_name}))
    except (Unreadable, ValueError):
        return False
    return any(isinstance(part, Name) and part.name in strange.by_name for part in walk(node))


def _names_something(base: str) -> bool:
    plain = base.lstrip("\\")
    return (len(plain) == 1 or plain in GREEK_WORDS) and plain not in SPELLINGS
