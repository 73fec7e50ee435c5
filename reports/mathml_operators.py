"""Functions and operators that are drawn in a way of their own: roots, sums, limits, norms, matrices, as MathML.

Owns how each is drawn from the drawings of its parts. Which part needs brackets is `mathml.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_SUM = "<munderover><mo>%s</mo><mrow>{0}<mo>=</mo>{1}</mrow>{2}</munderover>{3}"
_LIMIT = "<munder><mi>lim</mi><mrow>{0}<mo>→</mo>{1}%s</mrow></munder>{2}"
_INFIX = "<mrow><mo>(</mo>{0}<mo>%s</mo>{1}<mo>)</mo></mrow>"
_DRAWN = {
    "sqrt": "<msqrt>{0}</msqrt>",
    "cbrt": "<mroot>{0}<mn>3</mn></mroot>",
    "root": "<mroot>{0}{1}</mroot>",
    "sum_over": _SUM % "∑",
    "product_over": _SUM % "∏",
    "integral_over": '<msubsup><mo>∫</mo>{1}{2}</msubsup>{3}<mspace width="0.17em"/><mi>d</mi>{0}',
    "limit_to": _LIMIT % "",
    "limit_above": _LIMIT % "<mo>+</mo>",
    "limit_below": _LIMIT % "<mo>−</mo>",
    "derivative": "<mfrac><mi>d</mi><mrow><mi>d</mi>{0}</mrow></mfrac>{1}",
    "indicator": '<mn>1</mn><mrow><mo stretchy="true">[</mo>{0}<mo stretchy="true">]</mo></mrow>',
    "hadamard": _INFIX % "⊙",
    "kron": _INFIX % "⊗",
    "inverse": "<msup><mrow><mo>(</mo>{0}<mo>)</mo></mrow><mrow><mo>−</mo><mn>1</mn></mrow></msup>",
}
"""What stands around the drawings of the arguments, which have numbers."""
_UPRIGHT = {"det": "det", "rank": "rank", "diag": "diag", "trace": "tr"}


def drawn_operator(function: str, parts: Sequence[str]) -> str | None:
    """The drawing of an operator from the drawings of its arguments; None for a plain function."""
    template = _DRAWN.get(function, "")
    if template and template.count("{") == len(parts):  # a question may declare a function of that name
        return template.format(*parts)
    if function == "entry":
        return f"<msub>{parts[0]}<mrow>{'<mo>,</mo>'.join(parts[1:])}</mrow></msub>"
    if function in ("and", "or"):
        return f"<mtext>\u00a0{function}\u00a0</mtext>".join(parts)
    if function == "cases":
        return _cases(parts)
    if function == "norm":
        whole = f"<mrow><mo>‖</mo>{parts[0]}<mo>‖</mo></mrow>"
        return whole if len(parts) == 1 else f"<msub>{whole}<mi>F</mi></msub>"
    if function.endswith("_"):
        return f"<msub><mi>{escape(function.rstrip('_'))}</mi>{parts[0]}</msub>"
    if function in _UPRIGHT:
        listed = "<mo>,</mo>".join(parts)
        return f'<mi mathvariant="normal">{_UPRIGHT[function]}</mi><mrow><mo>(</mo>{listed}<mo>)</mo></mrow>'
    return None


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
