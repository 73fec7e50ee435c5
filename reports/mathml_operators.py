"""Functions and operators as MathML: roots, sums, limits, norms, matrices, and functions by their name.

Owns how each is drawn from the drawings of its parts. Which part needs brackets is `mathml.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape


def fenced(opening: str, inside: str, closing: str) -> str:
    """Something between brackets that grow with it."""
    return f'<mrow><mo stretchy="true">{opening}</mo><mrow>{inside}</mrow><mo stretchy="true">{closing}</mo></mrow>'


_SUM = "<munderover><mo>%s</mo><mrow>{0}<mo>=</mo>{1}</mrow>{2}</munderover>{3}"
_LIMIT = "<munder><mi>lim</mi><mrow>{0}<mo>→</mo>{1}%s</mrow></munder>{2}"
_INFIX = "<mrow><mo>(</mo>{0}<mo>%s</mo>{1}<mo>)</mo></mrow>"
_NORM = "<mrow><mo>‖</mo>{0}<mo>‖</mo></mrow>"
_DRAWN: Mapping[tuple[str, int], str] = {
    ("sqrt", 1): "<msqrt>{0}</msqrt>",
    ("cbrt", 1): "<mroot>{0}<mn>3</mn></mroot>",
    ("root", 2): "<mroot>{0}{1}</mroot>",
    ("sum_over", 4): _SUM % "∑",
    ("product_over", 4): _SUM % "∏",
    ("integral_over", 4): '<msubsup><mo>∫</mo>{1}{2}</msubsup>{3}<mspace width="0.17em"/><mi>d</mi>{0}',
    ("limit_to", 3): _LIMIT % "",
    ("limit_above", 3): _LIMIT % "<mo>+</mo>",
    ("limit_below", 3): _LIMIT % "<mo>−</mo>",
    ("derivative", 2): "<mfrac><mi>d</mi><mrow><mi>d</mi>{0}</mrow></mfrac>{1}",
    ("indicator", 1): '<mn>1</mn><mrow><mo stretchy="true">[</mo>{0}<mo stretchy="true">]</mo></mrow>',
    ("hadamard", 2): _INFIX % "⊙",
    ("kron", 2): _INFIX % "⊗",
    ("inverse", 1): "<msup><mrow><mo>(</mo>{0}<mo>)</mo></mrow><mrow><mo>−</mo><mn>1</mn></mrow></msup>",
    ("abs", 1): fenced("|", "{0}", "|"),
    ("floor", 1): fenced("⌊", "{0}", "⌋"),
    ("ceil", 1): fenced("⌈", "{0}", "⌉"),
    ("inner", 2): fenced("⟨", "{0}<mo>,</mo>{1}", "⟩"),
    ("binomial", 2): fenced("(", '<mfrac linethickness="0">{0}{1}</mfrac>', ")"),
    ("log", 2): "<msub><mi>log</mi>{1}</msub>" + fenced("(", "{0}", ")"),
    ("norm", 1): _NORM,
    ("norm", 2): f"<msub>{_NORM}{{1}}</msub>",
    ("entry", 2): "<msub>{0}<mrow>{1}</mrow></msub>",
    ("entry", 3): "<msub>{0}<mrow>{1}<mo>,</mo>{2}</mrow></msub>",
}
"""By function and number of arguments, since a question may declare one of that name: what stands around them."""
_NAMES = {
    "log": "ln", "log10": "lg", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "trace": "tr",
    "Gamma": "Γ", "zeta": "ζ", "Theta": "Θ", "Omega": "Ω", "omega": "ω",
}  # fmt: skip


def drawn_call(function: str, parts: Sequence[str]) -> str:
    """The drawing of a function from the drawings of its arguments."""
    if template := _DRAWN.get((function, len(parts))):
        return template.format(*parts)
    if function in ("and", "or"):
        return f"<mtext>\u00a0{function}\u00a0</mtext>".join(parts)
    if function == "cases":
        return _cases(parts)
    if function.endswith("_"):
        return f"<msub><mi>{escape(function.rstrip('_'))}</mi>{parts[0]}</msub>"
    return f"<mi>{escape(_NAMES.get(function, function))}</mi>{fenced('(', '<mo>,</mo>'.join(parts), ')')}"


def _cases(parts: Sequence[str]) -> str:
    """Values and their conditions behind a brace."""
    lines = [f"<mtd>{value}</mtd><mtd><mtext>if\u00a0</mtext>{when}</mtd>"
             for value, when in zip(parts[::2], parts[1::2], strict=False)]  # fmt: skip
    if len(parts) % 2:
        lines.append(f"<mtd>{parts[-1]}</mtd><mtd><mtext>otherwise</mtext></mtd>")
    table = "".join(f"<mtr>{line}</mtr>" for line in lines)
    return f'<mrow><mo stretchy="true">{{</mo><mtable columnalign="left">{table}</mtable></mrow>'


def drawn_rows(lines: Sequence[Sequence[str]]) -> str:
    """A matrix written out."""
    table = "".join(f"<mtr>{''.join(f'<mtd>{entry}</mtd>' for entry in line)}</mtr>" for line in lines)
    return f"<mrow><mo>[</mo><mtable>{table}</mtable><mo>]</mo></mrow>"
