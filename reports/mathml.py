"""Readings of answers as MathML.

Owns drawing a reading in the order in which the student wrote it. The reading is parsed again here, so that only our
own node types can reach the page. What an answer means belongs to `grader.maths`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from itertools import chain

from markupsafe import Markup

from grader.files.untrusted_text import visible
from grader.maths.reading.precedence import ATOM, POWER, PRODUCT, SIGN, SUM, precedence
from grader.maths.reading.symbols import GREEK, Symbols
from grader.maths.reading.tree import (  # fmt: skip
    BINDERS,
    Binary,
    Call,
    Constant,
    Listing,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Relation,
    Rows,
    Span,
    Transpose,
    Unit,
    walk,
)
from reports.mathml_operators import drawn_call, drawn_rows, fenced
from reports.reading_tree import reading_tree
from reports.width import SHORT

_GREEK = {word: letter for letter, word in reversed(GREEK.items())}
_CONSTANTS = {"pi": "π", "e": "e", "i": "i", "inf": "∞"}
_SUMS = {"+": "+", "-": "−"}


def to_mathml(reading: str, symbols: Mapping[str, object]) -> Markup:
    """A reading as MathML.

    Args:
        reading: the reading of an answer, in our own notation.
        symbols: the part's symbols, in the form of the judge's protocol.

    Returns:
        One `<math>` element, or several if the formula is long, because browsers break lines only between elements;
        `<code>` if the reading is not a formula.
    """
    return _mathml(reading, json.dumps(symbols, sort_keys=True))


@lru_cache(maxsize=8192)
def _mathml(reading: str, symbols: str) -> Markup:
    try:
        tree = reading_tree(reading, _declared(symbols))
        pieces = [] if tree is None else _pieces(tree) if len(reading) > SHORT else [_draw(tree)]
    except RecursionError:  # nobody could read a formula so deep
        pieces = []
    if not pieces:
        return Markup("<code>{}</code>").format(visible(reading))
    return Markup("<wbr>".join(f'<math displaystyle="true">{_row(piece)}</math>' for piece in pieces))  # noqa: S704  # leaves escape


@lru_cache(maxsize=512)
def _declared(symbols: str) -> Symbols:
    return Symbols.from_spec(json.loads(symbols))


def _pieces(node: Node) -> list[str]:
    """The drawing, split where a line may end: before relations, before the signs of a sum, between factors."""
    match node:
        case Relation(members, operators):
            later = (_after(escape(sign), member) for sign, member in zip(operators, members[1:], strict=True))
            return [*_pieces(members[0]), *chain(*later)]
        case Binary("+" | "-" as sign, left, right):
            return [*_pieces(left), *_after(_SUMS[sign], right)]
        case Binary("*" | "·", left, right) if _strength(left) >= PRODUCT:
            return [*_pieces(left), f"{_sign('⋅')}{_at_least(SIGN, right)}"]
    return [_draw(node)]


def _after(sign: str, node: Node) -> list[str]:
    bare = _strength(node) >= PRODUCT and not isinstance(_leading(node), Negative)
    first, *others = _pieces(node) if bare else [_later_term(node)]
    return [f"{_sign(sign)}{first}", *others]


def _sign(sign: str) -> str:
    """An operator with the spacing of an infix one even at the beginning of a piece."""
    return f'<mo form="infix">{sign}</mo>'


def _draw(node: Node) -> str:
    match node:
        case Number(text):
            return _number(text)
        case Name(name):
            return _name(name)
        case Constant(name):
            return f"<mi>{_CONSTANTS[name]}</mi>"
        case Unit(symbol):
            return f'<mi mathvariant="normal">{escape(symbol)}</mi>'
        case Negative(operand):
            return f'<mo form="prefix">−</mo>{_at_least(PRODUCT, operand)}'
        case Transpose(operand):
            return f"<msup>{_row(_at_least(ATOM, operand))}<mo>⊤</mo></msup>"
        case Percent(operand):
            return f"{_at_least(ATOM, operand)}<mo>%</mo>"
        case Span(first, last):
            return f"<mn>{first}</mn><mo>–</mo><mn>{last}</mn>"
        case Rows():
            return drawn_rows([[_row(_draw(entry)) for entry in line] for line in node.lines])
        case Listing(items):
            return fenced("{", "<mo>,</mo>".join(_draw(item) for item in items), "}")
        case Relation(members, operators):
            later = (f"<mo>{escape(sign)}</mo>{_draw(part)}" for sign, part in zip(operators, members[1:], strict=True))
            return "".join((_draw(members[0]), *later))
        case Call(function, arguments):
            return _call(function, arguments)
        case Binary():
            return _binary(node)


def _binary(node: Binary) -> str:
    left, right = node.left, node.right
    match node.operator:
        case "+" | "-" as sign:
            return f"{_draw(left)}<mo>{_SUMS[sign]}</mo>{_later_term(right)}"
        case "/" if _only_units(node):
            return f"{_draw(left)}<mo>/</mo>{_at_least(POWER, right)}"
        case "/":
            return f"<mfrac>{_row(_draw(left))}{_row(_draw(right))}</mfrac>"
        case "^":
            return f"<msup>{_row(_at_least(ATOM, left))}{_row(_draw(right))}</msup>"
        case "":
            between = "<mo>⋅</mo>" if isinstance(_leading(right), Number) else '<mspace width="0.17em"/>'
            return f"{_first_factor(left)}{between}{_at_least(SIGN, right)}"
    return f"{_first_factor(left)}<mo>⋅</mo>{_at_least(SIGN, right)}"


def _later_term(node: Node) -> str:
    """A term after a plus or a minus, in brackets if it begins with a sign itself."""
    drawn = _at_least(PRODUCT, node)
    starts_with_sign = isinstance(_leading(node), Negative) and _strength(node) >= PRODUCT
    return fenced("(", drawn, ")") if starts_with_sign else drawn


def _first_factor(node: Node) -> str:
    return _draw(node) if isinstance(node, Negative) else _at_least(PRODUCT, node)


def _leading(node: Node) -> Node:
    """The leftmost node on the page."""
    while isinstance(node, Binary) and node.operator != "/":
        node = node.left
    return node


def _at_least(strength: int, node: Node) -> str:
    """The node, in brackets if it binds more loosely than `strength`."""
    drawn = _draw(node)
    return drawn if _strength(node) >= strength else fenced("(", drawn, ")")


def _strength(node: Node) -> int:
    """How tightly a drawing binds: a fraction bar brackets by itself, a power of ten is a product."""
    match node:
        case Binary("/") | Transpose() | Percent():
            return POWER
        case Number(text) if "e" in text:
            return PRODUCT
        case Call(function) if function in BINDERS:
            return SUM
    return precedence(node)


def _call(function: str, arguments: tuple[Node, ...]) -> str:
    if function == "factorial" and len(arguments) == 1:
        return f"{_at_least(ATOM, arguments[0])}<mo>!</mo>"
    *others, last = arguments
    drawn = [_row(_draw(argument)) for argument in others]
    drawn.append(_at_least(PRODUCT, last) if function in BINDERS else _row(_draw(last)))
    if function == "norm" and last == Number("2"):
        drawn[-1] = "<mi>F</mi>"  # so ‖A‖_F is read
    return drawn_call(function, drawn)


def _number(text: str) -> str:
    """A number: `2e9` as 2 ⋅ 10⁹, long ones in groups of three digits."""
    digits, _, exponent = text.lower().partition("e")
    drawn = f"<mn>{escape(_grouped(digits))}</mn>"
    if not exponent:
        return drawn
    power = f"<msup><mn>10</mn>{_integer(int(exponent))}</msup>"
    return power if digits == "1" else f"{drawn}<mo>⋅</mo>{power}"


def _grouped(digits: str) -> str:
    whole, dot, rest = digits.partition(".")
    if len(whole) > 4 and whole.isdigit():
        whole = f"{int(whole):,}".replace(",", "\u2009") if not whole.startswith("0") else whole
    return whole + dot + rest


def _integer(value: int) -> str:
    return f"<mn>{value}</mn>" if value >= 0 else f"<mrow><mo>−</mo><mn>{-value}</mn></mrow>"


def _name(name: str) -> str:
    """A name: `C_0` and `C0` with an index, `alpha` as α, `N_opt` with an upright word as its index."""
    base, _, index = name.partition("_")
    if not index and (split := re.fullmatch(r"([A-Za-z]+?)(\d+)", base)):
        base, index = split.groups()
    drawn = _identifier(base)
    if not index:
        return drawn
    below = "<mo>,</mo>".join(_identifier(word) for word in index.split("_") if word)
    return f"<msub>{drawn}{_row(below)}</msub>"


def _identifier(word: str) -> str:
    shown = escape(_GREEK.get(word, word))
    return f"<mn>{shown}</mn>" if word.isdigit() else f"<mi>{shown}</mi>"


def _row(inside: str) -> str:
    return f"<mrow>{inside}</mrow>"


def _only_units(node: Node) -> bool:
    return not any(isinstance(part, Number | Name | Constant | Call) for part in walk(node))
