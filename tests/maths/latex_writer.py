"""Trees written in LaTeX, as students type it, for the property that what is written reads back."""

from grader.maths.reading.precedence import ATOM, POWER, PRODUCT, SUM, precedence
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
)


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
            return "-" + _latex(operand, PRODUCT)
        case Percent(operand):
            return _latex(operand, ATOM) + r"\%"
        case Transpose(operand):
            return _latex(operand, ATOM) + r"^\top"
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
        return f"{_latex(left, ATOM)}^{{{write_latex(right)}}}"
    if operator == "/":
        return rf"\frac{{{write_latex(left)}}}{{{write_latex(right)}}}"
    if operator in ("+", "-"):
        return f"{_latex(left, SUM)} {operator} {_latex(right, PRODUCT)}"
    sign = {"*": r" \times ", "·": r" \cdot ", "": " "}[operator]
    under = _latex(right, POWER)
    if isinstance(right, Percent) or (operator == "" and under[0].isdigit()):
        under = f"({under})"
    over = _latex(left, PRODUCT)
    over = f"({over})" if operator == "" and isinstance(left, Percent) else over
    return f"{over}{sign}{under}"


def _latex(node: Node, level: int) -> str:
    return write_latex(node) if precedence(node) >= level else rf"\left({write_latex(node)}\right)"
