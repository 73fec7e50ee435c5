"""From the tree back to our own text notation and to LaTeX, in the student's order.

What is written reads back as the same tree: `parse(write(e)) == e` and `parse(write_latex(e)) == e`. Where
the typed text could be read in two ways (`1/2 k`), brackets show which was taken.
"""

from __future__ import annotations

from grader.maths.reading.symbols import GREEK_WORDS
from grader.maths.reading.tree import (  # fmt: skip
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
    Span,
    Transpose,
    Unit,
    walk,
)

_SUM, _PRODUCT, _POWER, _ATOM = 10, 20, 30, 40


def write(node: Node) -> str:
    """The tree in text notation: `4*k (m + l)`, `(alpha A/(beta B))^(1/(alpha + beta))`."""
    match node:
        case Number(text):
            return text
        case Name(name) | Constant(name):
            return name
        case Unit(symbol):
            return symbol
        case Negative(operand):
            return "-" + _text(operand, _PRODUCT)
        case Percent(operand):
            return _text(operand, _ATOM) + "%"
        case Transpose(operand):
            return _text(operand, _ATOM) + "^T"
        case Call("log", (value, base)) if isinstance(base, Number) and base.text in ("2", "10"):
            return f"log{base.text}({write(value)})"
        case Call(function, arguments):
            return f"{function}({', '.join(write(argument) for argument in arguments)})"
        case Relation(members, operators):
            signs = (*(f" {operator} " for operator in operators), "")
            return "".join(write(member) + sign for member, sign in zip(members, signs, strict=True))
        case Span(first, last):
            return f"{first}..{last}"
        case Listing(items):
            return "{" + ", ".join(write(item) for item in items) + "}"
        case Binary():
            return _binary(node)


def _binary(node: Binary) -> str:
    operator, left, right = node.operator, node.left, node.right
    if operator == "^":
        return f"{_text(left, _ATOM)}^{_text(right, _ATOM)}"
    if operator in ("+", "-"):
        return f"{_text(left, _SUM)} {operator} {_text(right, _PRODUCT)}"
    ambiguous = operator == "" and isinstance(left, Binary) and left.operator == "/"
    over = _text(left, _ATOM if ambiguous else _PRODUCT)
    under = _text(right, _POWER)
    if operator == "" and under[0].isdigit() and not isinstance(left, Unit):
        if any(isinstance(part, Unit) for part in walk(left)):
            return f"{over}·{under}"
        under = f"({under})"
    if operator == "/" and not isinstance(right, Unit) and any(isinstance(part, Unit) for part in walk(left)):
        under = _text(right, _ATOM)
    return f"{over}{operator or ' '}{under}"


def _text(node: Node, level: int) -> str:
    return write(node) if _level(node) >= level else f"({write(node)})"


def _level(node: Node) -> int:
    match node:
        case Binary("+" | "-"):
            return _SUM
        case Binary("^"):
            return _POWER
        case Binary():
            return _PRODUCT
        case Negative():
            return _SUM
        case Relation():
            return 0
    return _ATOM


def write_latex(node: Node) -> str:
    """The tree in LaTeX; powers and quotients are braced, everything else as in `write`."""
    match node:
        case Number(text):
            mantissa, _, power = text.partition("e")
            return rf"({mantissa} \cdot 10^{{{power}}})" if power and mantissa != "1" else text
        case Name(name):
            return _latex_name(name)
        case Constant(name):
            return r"\pi" if name == "pi" else name
        case Unit(symbol):
            return r"\text{" + symbol.replace("$", r"\$") + "}"
        case Negative(operand):
            return "-" + _latex(operand, _PRODUCT)
        case Percent(operand):
            return _latex(operand, _ATOM) + r"\%"
        case Transpose(operand):
            return _latex(operand, _ATOM) + r"^\top"
        case Call():
            return _latex_call(node)
        case Binary():
            return _latex_binary(node)
        case Relation(members, operators):
            signs = (*(f" {_RELATIONS[operator]} " for operator in operators), "")
            return "".join(write_latex(member) + sign for member, sign in zip(members, signs, strict=True))
        case Span(first, last):
            return rf"{first} \ldots {last}"
        case Listing(items):
            return r"\{" + ", ".join(write_latex(item) for item in items) + r"\}"


_RELATIONS = {"=": "=", "≈": r"\approx", "≠": r"\ne", "<": "<", "≤": r"\le", ">": ">", "≥": r"\ge"}
_NAMED = frozenset({"exp", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "min", "max"})


def _latex_name(name: str) -> str:
    base, _, subscript = name.partition("_")
    shown = "\\" + base if base in GREEK_WORDS else base if len(base) == 1 else rf"\mathrm{{{base}}}"
    return f"{shown}_{{{subscript}}}" if subscript else shown


def _latex_call(node: Call) -> str:
    inner = [write_latex(argument) for argument in node.arguments]
    match node.function, inner:
        case "log", [value]:
            return rf"\ln\left({value}\right)"
        case "log", [value, base]:
            return rf"\log_{{{base}}}\left({value}\right)"
        case "sqrt", [value]:
            return rf"\sqrt{{{value}}}"
        case "root", [value, degree]:
            return rf"\sqrt[{degree}]{{{value}}}"
        case "floor", [value]:
            return rf"\left\lfloor {value}\right\rfloor"
        case "ceil", [value]:
            return rf"\left\lceil {value}\right\rceil"
        case "inner", [left, right]:
            return rf"\langle {left}, {right}\rangle"
    command = f"\\{node.function}" if node.function in _NAMED else rf"\operatorname{{{node.function}}}"
    return rf"{command}\left({', '.join(inner)}\right)"


def _latex_binary(node: Binary) -> str:
    operator, left, right = node.operator, node.left, node.right
    if operator == "^":
        return f"{_latex(left, _ATOM)}^{{{write_latex(right)}}}"
    if operator == "/":
        return rf"\frac{{{write_latex(left)}}}{{{write_latex(right)}}}"
    if operator in ("+", "-"):
        return f"{_latex(left, _SUM)} {operator} {_latex(right, _PRODUCT)}"
    sign = {"*": r" \times ", "·": r" \cdot ", "": " "}[operator]
    under = _latex(right, _POWER)
    if operator == "" and under[0].isdigit():
        under = f"({under})"
    return f"{_latex(left, _PRODUCT)}{sign}{under}"


def _latex(node: Node, level: int) -> str:
    return write_latex(node) if _level(node) >= level else rf"\left({write_latex(node)}\right)"
