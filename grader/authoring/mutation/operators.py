"""Mutation operators: the small changes that are tried on one node of a function's syntax tree.

Owns what may stand in the place of an expression or of a statement. Which nodes are visited, and how a change becomes a
file, belongs to `mutants`. Knows Python and the names that numerical libraries share, and no homework.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from copy import copy
from typing import TypeVar

AnyNode = TypeVar("AnyNode", bound=ast.AST)
Member = TypeVar("Member", bound=ast.AST)

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
"""Operators whose operands may not change places."""
_IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}
_PAIRS = (
    "argmin argmax", "min max", "amin amax", "minimum maximum", "any all", "sum mean", "sum prod", "mean median",
    "floor ceil", "round floor", "zeros ones", "zeros_like ones_like", "randn rand", "sin cos", "exp log", "log log2",
    "log2 log10", "triu tril", "argsort sort", "softmax log_softmax", "square abs", "sqrt square", "hstack vstack",
    "append extend", "row_stack column_stack", "std var", "bernoulli rand",
)  # fmt: skip
_OTHER_NAMES: dict[str, list[str]] = {}
for _pair in _PAIRS:
    _one, _other = _pair.split()
    _OTHER_NAMES.setdefault(_one, []).append(_other)
    _OTHER_NAMES.setdefault(_other, []).append(_one)
_TYPES = {
    "float64": "float32", "double": "float", "float32": "float64", "float": "double", "int64": "int32", "long": "int",
    "int32": "int64", "bool": "float32", "float16": "float32", "complex128": "complex64",
}  # fmt: skip
"""Other types, for `torch.float64`, `numpy.int32` and methods such as `.double()`."""
_TRANSPOSES = ("T", "mT", "H", "mH")
_HAVE_IN_PLACE = frozenset((
    "abs", "add", "clamp", "clip", "cos", "div", "exp", "fill", "floor", "ceil", "log", "log2", "masked_fill", "mul",
    "neg", "relu", "requires_grad", "round", "sigmoid", "sign", "sin", "sqrt", "square", "squeeze", "sub", "t", "tanh",
    "transpose", "tril", "triu", "unsqueeze", "zero",
))  # fmt: skip
"""Methods of tensors that have a twin with `_`, which changes the tensor itself."""


def expressions(node: ast.expr, libraries: frozenset[str]) -> Iterator[ast.expr]:
    """Everything that may stand in the place of an expression.

    Args:
        node: as it is written; it is not changed.
        libraries: names that stand for modules, which have no values to fall back on.
    """
    match node:
        case ast.Compare():
            yield from _compare(node)
        case ast.BinOp():
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from values
        case ast.Constant(value=value):
            yield from _constant(value)
        case ast.Call():
            yield from _call(node, libraries)
        case ast.Attribute(value=value, attr=attr) if attr in _TRANSPOSES:
            yield value
        case ast.Attribute(value=ast.Name(), attr=attr) if attr in _TYPES:
            yield _with(node, attr=_TYPES[attr])
        case ast.Subscript(value=value, slice=index, ctx=ast.Load() | ast.Store()):
            yield from (_with(node, slice=other) for other in _index(index))
            if isinstance(node.ctx, ast.Load):
                yield value
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Tuple(elts=members, ctx=ast.Load()) | ast.List(elts=members, ctx=ast.Load()):
            yield from (_with(node, elts=swapped) for swapped in _swapped(members))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _comprehension(node)


def _with(node: AnyNode, **fields: object) -> AnyNode:
    """The node with other fields; what is not named stays the same object."""
    other = copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _put(members: Sequence[Member], at: int, *others: Member) -> list[Member]:
    """The members with others in the place of one."""
    return [*members[:at], *others, *members[at + 1 :]]


def _compare(node: ast.Compare) -> Iterator[ast.expr]:
    for i, op in enumerate(node.ops):
        yield from (_with(node, ops=_put(node.ops, i, other())) for other in _COMPARISONS[type(op)])


def _binary(node: ast.BinOp) -> Iterator[ast.expr]:
    """Another operator, one operand alone, both exchanged, one transposed, the result written into the left one."""
    left, op, right = node.left, node.op, node.right
    yield _with(node, op=_ARITHMETIC[type(op)]())
    yield from (left, right)
    if isinstance(op, _ORDERED):
        yield _with(node, left=right, right=left)
    if isinstance(op, ast.MatMult):
        yield from (_with(node, left=_transposed(left)), _with(node, right=_transposed(right)))
    if type(op) in _IN_PLACE and isinstance(left, ast.Name) and not isinstance(right, ast.Constant):
        yield ast.Call(ast.Attribute(left, _IN_PLACE[type(op)], ast.Load()), [right], [])


def _transposed(matrix: ast.expr) -> ast.expr:
    if isinstance(matrix, ast.Attribute) and matrix.attr in _TRANSPOSES:
        return matrix.value
    return ast.Attribute(matrix, "T", ast.Load())


def _constant(value: object) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float):
        yield from (ast.Constant(2 * value if value else 1.0), ast.Constant(-value if value else -1.0))


def _call(node: ast.Call, libraries: frozenset[str]) -> Iterator[ast.expr]:
    """Another function, no call at all, exchanged arguments, an option left out, a range one longer or shorter."""
    function, arguments, keywords = node.func, node.args, node.keywords
    if isinstance(function, ast.Attribute):
        yield from _method(node, function, libraries)
    elif isinstance(function, ast.Name):
        yield from (_with(node, func=_with(function, id=name)) for name in _others(function.id))
        if function.id == "range":
            yield from _range(node)
        elif len(arguments) == 1 and not isinstance(arguments[0], ast.Starred | ast.GeneratorExp):
            yield arguments[0]
    yield from (_with(node, args=swapped) for swapped in _swapped(arguments))
    yield from (_with(node, keywords=_put(keywords, i)) for i, one in enumerate(keywords) if one.arg is not None)


def _method(node: ast.Call, function: ast.Attribute, libraries: frozenset[str]) -> Iterator[ast.expr]:
    owner, name = function.value, function.attr
    root = owner
    while isinstance(root, ast.Attribute):
        root = root.value
    of_library = isinstance(root, ast.Name) and root.id in libraries
    others = [other for other in _others(name) if of_library or other not in ("randn", "rand")]
    if not of_library and not _is_super(owner):
        yield owner
        others += [f"{name}_"] if name in _HAVE_IN_PLACE else [_TYPES[name]] if name in _TYPES else []
    yield from (_with(node, func=_with(function, attr=other)) for other in others)
    if of_library and node.args and not isinstance(node.args[0], ast.Starred | ast.Constant):
        yield node.args[0]


def _is_super(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"


def _others(name: str) -> Sequence[str]:
    return _OTHER_NAMES.get(name, ())


def _range(node: ast.Call) -> Iterator[ast.expr]:
    for i, bound in enumerate(node.args[:2]):
        yield from (_with(node, args=_put(node.args, i, shifted)) for shifted in _off_by_one(bound))
    if len(node.args) == 1:
        yield _with(node, args=[ast.Constant(1), *node.args])


def _off_by_one(number: ast.expr | None) -> Iterator[ast.expr]:
    if number is None or isinstance(number, ast.Constant):  # changed for itself
        return
    yield from (ast.BinOp(number, ast.Add(), ast.Constant(1)), ast.BinOp(number, ast.Sub(), ast.Constant(1)))


def _index(index: ast.expr) -> Iterator[ast.expr]:
    """Another place: bounds one further or nearer, indices exchanged or left out, each member changed the same way."""
    match index:
        case ast.Slice(lower=lower, upper=upper, step=step):
            yield from (_with(index, lower=other) for other in _off_by_one(lower))
            yield from (_with(index, upper=other) for other in _off_by_one(upper))
            if (lower is None) != (upper is None):
                yield _with(index, lower=upper, upper=lower)
            if step is not None:
                yield _with(index, step=None)
        case ast.Tuple(elts=members):
            yield from (_with(index, elts=swapped) for swapped in _swapped(members))
            for i, member in enumerate(members):
                yield from (_with(index, elts=_put(members, i, other)) for other in _index(member))
        case ast.Name() | ast.BinOp():
            yield from _off_by_one(index)


def _swapped(members: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    """Every pair of neighbours exchanged."""
    for i in range(len(members) - 1):
        pair = members[i : i + 2]
        if not any(isinstance(member, ast.Starred) for member in pair):
            yield [*members[:i], *reversed(pair), *members[i + 2 :]]


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Iterator[ast.expr]:
    for i, loop in enumerate(node.generators):
        for j in range(len(loop.ifs)):
            yield _with(node, generators=_put(node.generators, i, _with(loop, ifs=_put(loop.ifs, j))))


def statements(node: ast.stmt, bound: frozenset[str]) -> Iterator[list[ast.stmt]]:
    """Everything that may stand in the place of a statement.

    Args:
        node: as it is written; it is not changed.
        bound: names that have a value before it, without which a statement that gives one is not left out.
    """
    nothing: list[ast.stmt] = [ast.Pass()]
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield [_with(node, test=ast.UnaryOp(ast.Not(), test))]
            yield body
            yield orelse or nothing
        case ast.While(body=body) | ast.For(body=body):
            yield [_with(node, body=[*body, ast.Break()])]
            yield nothing
        case ast.With(body=body):
            yield body
        case ast.AugAssign(op=op):
            yield [_with(node, op=_ARITHMETIC[type(op)]())]
            yield nothing
        case ast.Assign(targets=targets) if all(_may_go(target, bound) for target in targets):
            yield nothing
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant | ast.Compare | ast.Tuple):
            yield [_with(node, value=ast.UnaryOp(ast.USub(), value))]
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield nothing
        case ast.Delete() | ast.Assert() | ast.Raise() | ast.Break() | ast.Continue():
            yield nothing


def _may_go(target: ast.expr, bound: frozenset[str]) -> bool:
    """Whether what follows has a value for a target without this assignment."""
    if isinstance(target, ast.Tuple):
        return all(_may_go(member, bound) for member in target.elts)
    return not isinstance(target, ast.Name) or target.id in bound
