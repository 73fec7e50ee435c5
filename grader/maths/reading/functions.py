"""The functions that an answer may use: every spelling, and how many arguments each takes."""

from __future__ import annotations

_ONE_SPELLING = (
    "exp log sqrt cbrt abs sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh round floor ceil "
    "min max sum factorial binomial sign transpose inner root pow log2 log10 sech csch coth int relu matmul clip "
    "log1p expm1 where zeta Gamma erf piecewise mod"
)
SPELLINGS = {name: name for name in _ONE_SPELLING.split()} | {
    "ln": "log", "log_e": "log", "lg": "log10", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arsinh": "asinh",
    "arcosh": "acosh", "artanh": "atanh", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "rint": "round",
    "nint": "round", "ceiling": "ceil", "fact": "factorial", "binom": "binomial", "signum": "sign", "sgn": "sign",
    "dot": "matmul", "Abs": "abs", "cosec": "csc", "cosech": "csch", "Max": "max", "Min": "min",
    "Transpose": "transpose", "lb": "log2", "ld": "log2", "nCr": "binomial", "comb": "binomial", "choose": "binomial",
    "ReLU": "relu", "rnd": "round", "mm": "matmul", "maximum": "max", "minimum": "min", "clamp": "clip",
    "trunc": "int", "Piecewise": "piecewise", "remainder": "mod",
}  # fmt: skip

MATRIX_SPELLINGS = {
    "inverse": "inverse", "inv": "inverse", "trace": "trace", "tr": "trace", "Tr": "trace",
    "det": "det", "Det": "det", "determinant": "det", "rank": "rank", "rk": "rank", "hadamard": "hadamard",
    "solve": "solve", "kron": "kron", "kronecker": "kron", "norm": "norm", "diag": "diag", "outer": "outer",
    "Diag": "diag", "diagflat": "diag",
}  # fmt: skip
"""Functions that mean something only where there are matrices."""

ARITY = {
    "hadamard": (2, 2), "kron": (2, 2), "outer": (2, 2), "solve": (2, 2), "norm": (1, 2), "diag": (1, 8),
    "log": (1, 2), "root": (2, 2), "pow": (2, 2), "binomial": (2, 2), "inner": (2, 2), "mod": (2, 2),
    "matmul": (2, 2), "clip": (3, 3), "where": (3, 3),
    "min": (1, 12), "max": (1, 12), "sum": (1, 30),
}  # fmt: skip
"""Fewest and most arguments, where it is not exactly one."""

MULTIPLIERS = {
    "k": "1e3", "K": "1e3", "M": "1e6", "B": "1e9", "T": "1e12", "thousand": "1e3", "million": "1e6",
    "millions": "1e6", "mio": "1e6", "Mio": "1e6", "Millionen": "1e6", "Mrd": "1e9", "Milliarden": "1e9", "mn": "1e6",
    "billion": "1e9", "billions": "1e9", "bn": "1e9",
    "trillion": "1e12", "trillions": "1e12", "tn": "1e12", "quadrillion": "1e15", "quintillion": "1e18",
}  # fmt: skip
"""Words and letters after an amount, in numbers and quantities only."""


def arity(function: str) -> tuple[int, int]:
    """The fewest and the most arguments of a function."""
    return ARITY.get(function, (1, 1))
