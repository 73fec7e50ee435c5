"""From the tree back to our own text notation, in the student's order.

What is written reads back as the same tree: `parse(write(e)) == e`. Where the typed text could be read in two ways
(`1/2 k`), brackets show which was taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.maths.reading.precedence import ATOM, POWER, PRODUCT, SUM, precedence
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
    Rows,
    Span,
    Transpose,
    Unit,
    has_unit,
)


def write(node: Node) -> str:
    """The tree in text notation: `4*k (m + l)`, `(alpha A/(beta B))^(1/(alpha + beta))`."""
    match node:
        case Number(text):
            return text
        case Constant("inf"):
            return "oo"
        case Name(name) | Constant(name):
            return name
        case Unit(symbol):
            return symbol
        case Negative(operand):
            return "-" + _text(operand, PRODUCT)
        case Percent(operand):
            return _text(operand, ATOM) + "%"
        case Transpose(operand):
            return _text(operand, ATOM) + "^T"
        case Call("log", (value, base)) if isinstance(base, Number) and base.text in ("2", "10"):
            return f"log{base.text}({write(value)})"
        case Call("sum_over" | "product_over" | "integral_over" as function, (Name(index), first, last, body)):
            if function == "integral_over":
                return f"int_{{{write(first)}}}^{{{write(last)}}} ({write(body)}) d{index}"
            sign = "sum" if function == "sum_over" else "prod"
            return f"({sign}_{{{index}={write(first)}}}^{{{write(last)}}} {_text(body, PRODUCT)})"
        case Call("limit_to" | "limit_above" | "limit_below" as side, (Name(index), target, body)):
            sign = {"limit_to": "", "limit_above": "^+", "limit_below": "^-"}[side]
            return f"(lim_{{{index} -> {write(target)}{sign}}} {_text(body, PRODUCT)})"
        case Call("entry", (matrix, *indices)):
            whole = write(matrix) if isinstance(matrix, Name) else f"({write(matrix)})"
            return f"{whole}_{{{','.join(map(write, indices))}}}"
        case Call("indicator", (condition,)):
            return f"1[{_condition(condition)}]"
        case Call("cases", parts):
            pairs = zip(parts[::2], parts[1::2], strict=False)
            held = [f"{write(value)} if {_condition(when)}" for value, when in pairs]
            return f"({' else '.join([*held, *map(write, parts[len(held) * 2 :])])})"
        case Call("derivative", (Name(index), body)):
            return f"(d/d{index} {_text(body, PRODUCT)})"
        case Call(function, (index,)) if function.endswith("_"):
            below = write(index)
            return f"{function.rstrip('_')}_{below if len(below) == 1 else f'{{{below}}}'}"
        case Call(function, arguments):
            return f"{function}({_listed(arguments)})"
        case Relation(members, operators):
            signs = (*(f" {operator} " for operator in operators), "")
            return "".join(write(member) + sign for member, sign in zip(members, signs, strict=True))
        case Rows(entries, flat=True):
            return f"[{_listed(entries)}]"
        case Rows(entries, 1):
            return f"[{'; '.join(map(write, entries))}]"
        case Rows():
            return f"[{', '.join(f'[{_listed(line)}]' for line in node.lines)}]"
        case Span(first, last):
            return str(first) if first == last else f"{first}..{last}"
        case Listing(items):
            return f"{{{_listed(items)}}}"
        case Binary():
            return _binary(node)


def _listed(nodes: Sequence[Node]) -> str:
    return ", ".join(map(write, nodes))


def _condition(node: Node) -> str:
    """A condition; alternatives inside a conjunction are bracketed."""
    match node:
        case Call("or", parts):
            return " or ".join(map(_condition, parts))
        case Call("and", parts):
            return " and ".join(
                f"({_condition(part)})" if isinstance(part, Call) else _condition(part) for part in parts
            )
    return write(node)


def _binary(node: Binary) -> str:
    operator, left, right = node.operator, node.left, node.right
    if operator == "^":
        return f"{_text(left, ATOM)}^{_text(right, ATOM)}"
    if operator in ("+", "-"):
        return f"{_text(left, SUM)} {operator} {_text(right, PRODUCT)}"
    ambiguous = operator == "" and isinstance(left, Binary) and left.operator == "/"
    over = _text(left, ATOM if ambiguous else PRODUCT)
    if operator == "" and isinstance(left, Percent):  # before a value the sign would be that of a remainder
        over = f"({over})"
    under = _text(right, POWER)
    if operator == "" and under[0].isdigit() and not isinstance(left, Unit):
        if has_unit(left):
            return f"{over}·{under}"
        under = f"({under})"
    if isinstance(right, Percent):  # without its own brackets the sign would mean the whole product
        under = f"({under})"
    if operator == "/" and not isinstance(right, Unit) and has_unit(left):
        under = _text(right, ATOM)
    return f"{over}{operator or ' '}{under}"


def _text(node: Node, level: int) -> str:
    return write(node) if precedence(node) >= level else f"({write(node)})"
