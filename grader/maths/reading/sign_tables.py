"""Which characters and LaTeX commands may be typed, and what each one means.

A named list, not a normal form: what is not here is refused with its name, so that a Cyrillic or invisible
character never passes for something else.
"""

from __future__ import annotations

from typing import Literal

TokenKind = Literal[
    "number", "name", "constant", "function", "unit", "multiplier", "binder", "entry", "word", "open",
    "close", "bar", "operator", "relation", "comma", "dots", "command", "group", "endgroup", "rows", "end",
]  # fmt: skip

SIGNS = {
    "+": "+", "-": "-", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "*": "*", "×": "*",
    "⋅": "·", "·": "·", "∙": "·", "•": "·", "∗": "*", "⨯": "*", "/": "/", "÷": "/", "∕": "/", "⁄": "/",
    "^": "^", "!": "!", "'": "'", "%": "%", "‰": "‰", "@": "@", "_": "_", "√": "√", "∛": "∛",
    "ᵀ": "ᵀ", "⊤": "ᵀ", "†": "ᵀ", "⟙": "ᵀ", "⊗": "kron", "⊙": "hadamard",
    "∘": "hadamard", "∂": "∂", "∇": "∇",
}  # fmt: skip
RELATIONS = {
    "=": "=", "==": "=", "≈": "≈", "~": "≈", "∼": "≈", "≃": "≈", "≅": "≈", "≠": "≠", "!=": "≠", "<>": "≠",
    "<": "<", ">": ">", "<=": "≤", ">=": "≥", "=<": "≤", "=>": "≥", "≤": "≤", "≥": "≥", "⩽": "≤", "⩾": "≥",
    "~=": "≈", "≡": "=", ":=": "=",
}  # fmt: skip
BRACKETS = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉", "⟨": "⟩"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵃᵇᶜᵈᵉᵏˡᵐᵖᵗˣʸᶻᵅᵝᵞᐟᴰᴷᴸᴹᴺ", "0123456789+-()nabcdeklmptxyzαβγ/DKLMN", strict=True))
SUBSCRIPT_DIGITS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SUBSCRIPT_LETTERS = dict(zip("ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "aeoxhklmnpstijruv", strict=True))
FRACTIONS = {
    "½": ".5",
    "¼": ".25",
    "¾": ".75",
    "⅛": ".125",
    "⅕": ".2",
    "⅖": ".4",
    "⅗": ".6",
    "⅘": ".8",
    "⅜": ".375",
    "⅝": ".625",
    "⅞": ".875",
    "⅒": ".1",
}
THIRDS = {"⅓": "1/3", "⅔": "2/3", "⅙": "1/6", "⅚": "5/6", "⅐": "1/7", "⅑": "1/9"}
SPACES = frozenset(" \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")

COMMAND_SIGNS: dict[str, tuple[TokenKind, str]] = {
    "cdot": ("operator", "·"), "times": ("operator", "*"), "ast": ("operator", "*"), "div": ("operator", "/"),
    "bullet": ("operator", "·"), "le": ("relation", "≤"), "leq": ("relation", "≤"), "leqslant": ("relation", "≤"),
    "ge": ("relation", "≥"), "geq": ("relation", "≥"), "geqslant": ("relation", "≥"), "lt": ("relation", "<"),
    "gt": ("relation", ">"), "ne": ("relation", "≠"), "neq": ("relation", "≠"), "approx": ("relation", "≈"),
    "simeq": ("relation", "≈"), "sim": ("relation", "≈"), "cong": ("relation", "≈"), "equiv": ("relation", "="),
    "top": ("operator", "ᵀ"), "intercal": ("operator", "ᵀ"), "dagger": ("operator", "ᵀ"), "prime": ("operator", "'"),
    "ldots": ("dots", "..."), "dots": ("dots", "..."), "cdots": ("dots", "..."), "lfloor": ("open", "⌊"),
    "rfloor": ("close", "⌋"), "lceil": ("open", "⌈"), "rceil": ("close", "⌉"), "lvert": ("bar", "|"),
    "rvert": ("bar", "|"), "vert": ("bar", "|"), "mid": ("bar", "|"), "langle": ("open", "⟨"),
    "rangle": ("close", "⟩"), "lbrace": ("open", "{"), "rbrace": ("close", "}"), "lbrack": ("open", "["),
    "rbrack": ("close", "]"), "partial": ("operator", "∂"), "nabla": ("operator", "∇"), "sum": ("operator", "Σ"),
    "otimes": ("operator", "kron"), "odot": ("operator", "hadamard"), "circ": ("operator", "hadamard"),
    "|": ("bar", "‖"), "Vert": ("bar", "‖"), "lVert": ("bar", "‖"), "rVert": ("bar", "‖"),
    "surd": ("operator", "√"), "%": ("operator", "%"),
}  # fmt: skip
STRUCTURE = frozenset({"frac", "tfrac", "dfrac", "cfrac", "sqrt", "binom", "tbinom", "dbinom", "over", "choose"})
WRAPPERS = frozenset(
    {"mathrm", "mathbf", "mathit", "mathsf", "mathcal", "text", "textit", "textrm", "textbf", "boldsymbol",
     "operatorname", "bm", "mathbb", "mbox", "boxed"}
)  # fmt: skip
IGNORED = frozenset({"left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl",
                     "biggr", "quad", "qquad", "displaystyle", "textstyle", "limits", "nolimits", "hline"})  # fmt: skip
IGNORED_SIGNS = frozenset(",;:! >")
