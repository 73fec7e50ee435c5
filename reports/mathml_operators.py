"""Operators with limits, norms, products entry by entry and matrices written out, as MathML.

Owns how each is drawn from the drawings of its parts. Which part needs brackets is `mathml.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_SIGNS = {"sum_over": "∑", "product_over": "∏"}
_SIDES = {"limit_to": "", "limit_above": "<mo>+</mo>", "limit_below": "<mo>−</mo>"}
_INFIX = {"hadamard": "⊙", "kron": "⊗"}
_UPRIGHT = frozenset({"det", "rank", "diag"})


def drawn_operator(function: str, parts: Sequence[str]) -> str | None:
    """The drawing of an operator from the drawings of its arguments; None for a plain function."""
    if function in _SIGNS:
        index, first, last, body = parts
        below = f"<mrow>{index}<mo>=</mo>{first}</mrow>"
        return f"<munderover><mo>{_SIGNS[function]}</mo>{below}{last}</munderover>{body}"
    if function == "integral_over":
        index, first, last, body = parts
        return f'<msubsup><mo>∫</mo>{first}{last}</msubsup>{body}<mspace width="0.17em"/><mi>d</mi>{index}'
    if function in _SIDES:
        index, target, body = parts
        return f"<munder><mi>lim</mi><mrow>{index}<mo>→</mo>{target}{_SIDES[function]}</mrow></munder>{body}"
    if function == "entry":
        return f"<msub>{parts[0]}<mrow>{'<mo>,</mo>'.join(parts[1:])}</mrow></msub>"
    if function == "indicator":
        return f'<mn>1</mn><mrow><mo stretchy="true">[</mo>{parts[0]}<mo stretchy="true">]</mo></mrow>'
    if function in ("and", "or"):
        return f"<mtext>\u00a0{function}\u00a0</mtext>".join(parts)
    if function == "cases":
        return _cases(parts)
    if function == "derivative":
        index, body = parts
        return f"<mfrac><mi>d</mi><mrow><mi>d</mi>{index}</mrow></mfrac>{body}"
    if function == "norm":
        whole = f"<mrow><mo>‖</mo>{parts[0]}<mo>‖</mo></mrow>"
        return whole if len(parts) == 1 else f"<msub>{whole}<mi>F</mi></msub>"
    if function in _INFIX:
        return f"<mrow><mo>(</mo>{parts[0]}<mo>{_INFIX[function]}</mo>{parts[1]}<mo>)</mo></mrow>"
    if function == "inverse":
        return f"<msup><mrow><mo>(</mo>{parts[0]}<mo>)</mo></mrow><mrow><mo>−</mo><mn>1</mn></mrow></msup>"
    if function.endswith("_"):
        return f"<msub><mi>{escape(function.rstrip('_'))}</mi>{parts[0]}</msub>"
    name = {"trace": "tr"}.get(function, function if function in _UPRIGHT else "")
    if name:
        return f'<mi mathvariant="normal">{name}</mi><mrow><mo>(</mo>{"<mo>,</mo>".join(parts)}<mo>)</mo></mrow>'
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
