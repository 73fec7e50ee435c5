"""The symbols that a question declares: names, spellings, assumptions, shapes, constraints.

Owns which spellings mean which symbol. A letter followed by digits and its subscript form are one name
(`C0`, `C_0`, `C_{0}`), Greek letters may be words, letters or LaTeX commands, and a subscript of letters may
lose its underscore where nothing else could be meant (`rmax`). What a symbol is worth at a point is
`sampling.py`'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

Dimension = str | int
OPAQUE = "opaque"
"""What a declared function stands for where nothing is known of it."""

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ϱ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
GREEK_WORDS = frozenset(GREEK.values())
GREEK_VARIANTS = {f"var{word}": word for word in ("epsilon", "theta", "rho", "sigma", "phi", "pi", "kappa")}


@dataclass(frozen=True)
class Symbol:
    """One declared symbol. `rows` and `columns` are None for a scalar; an identity may have no fixed size."""

    name: str
    positive: bool = False
    integer: bool = False
    nonnegative: bool = False
    rows: Dimension | None = None
    columns: Dimension | None = None
    symmetric: bool = False
    identity: bool = False
    orthogonal: bool = False
    diagonal: bool = False
    positive_definite: bool = False
    invertible: bool = False
    aliases: tuple[str, ...] = ()
    function: str = ""
    """`opaque`, or the name of the function that it stands for; empty for what is no function."""
    imaginary: bool = False
    """Whether it is the imaginary unit."""
    numbered: bool = False
    """Whether it stands for names that are told apart by numbers, in a sum over its index."""

    @property
    def is_matrix(self) -> bool:
        """Whether products with it do not commute."""
        return self.identity or self.rows is not None


@dataclass(frozen=True)
class Symbols:
    """Every symbol of one question, and the constraints between them as text (`r_max > r_min`).

    Without `ties`, points where a number is rounded at a tie do not belong to the domain.
    """

    by_name: Mapping[str, Symbol] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    ties: bool = True
    matrices_meant: bool = False
    """Whether matrices may be written out even where no symbol is one."""
    ranges: Mapping[str, frozenset[Dimension]] = field(default_factory=dict)
    """A family (`z_`) → how far the right answer runs through it, from 1 on."""

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Symbols:
        """Read `Question.symbols`.

        Args:
            spec: name → `{positive, real, integer, nonnegative, imaginary, identity, symmetric, orthogonal, diagonal,
                positive_definite, invertible: bool, matrix: [rows, columns], function: true or a name,
                aliases: [...]}` or None; `_constraints` → list of strings.

        Raises:
            ValueError: a property of the wrong type, a name that cannot be typed, or two symbols that
                cannot be told apart.
        """
        raw = spec.get("_constraints") or ()
        if isinstance(raw, str) or not isinstance(raw, Sequence) or not all(isinstance(c, str) for c in raw):
            raise ValueError("_constraints must be a list of strings")
        by_name = {name: _symbol(name, value) for name, value in spec.items() if name != "_constraints"}
        symbols = cls(by_name, tuple(str(constraint) for constraint in raw))
        _ = symbols.spellings
        return symbols

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Spelling key (see `spelling_key`) → declared name, aliases included."""
        table: dict[str, str] = {}
        for name in self.by_name:
            if table.setdefault(spelling_key(name), name) != name:
                raise ValueError(f"the symbols {table[spelling_key(name)]!r} and {name!r} cannot be told apart")
        for symbol in self.by_name.values():
            for alias in symbol.aliases:
                key = spelling_key(alias)
                table.setdefault(key, symbol.name)
                table.setdefault(re.sub(r"^([^_^]+)_([^_^]+)\^(\w+)$", r"\1^\3_\2", key), symbol.name)
            if symbol.identity:
                for size in self.sizes:
                    table.setdefault(spelling_key(f"{symbol.name}_{size}"), f"{symbol.name}_{size}")
        return table

    @cached_property
    def loose_spellings(self) -> Mapping[str, str]:
        """Spellings without underscores → declared name, where only one symbol could be meant."""
        meant: dict[str, set[str]] = {}
        for key, name in self.spellings.items():
            meant.setdefault(key.replace("_", ""), set()).add(name)
        return {key: next(iter(found)) for key, found in meant.items() if len(found) == 1}

    @cached_property
    def has_matrices(self) -> bool:
        """Whether a transpose means anything here."""
        return self.matrices_meant or any(symbol.is_matrix for symbol in self.by_name.values())

    def declared(self, name: str) -> Symbol:
        """The symbol of a name; `I_d` is the identity `I` of size d, where d is a size of this question."""
        base, _, size = name.rpartition("_")
        whole = self.by_name.get(base)
        if name not in self.by_name and whole is not None and whole.identity and size in self.sizes:
            return Symbol(name, rows=size, columns=size, identity=True)
        return self.by_name.get(name) or Symbol(name)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The names of sizes of matrices."""
        shapes = (size for symbol in self.by_name.values() for size in (symbol.rows, symbol.columns))
        return frozenset(size for size in shapes if isinstance(size, str))

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """Declared functions by name, each with what it stands for."""
        return {name: symbol.function for name, symbol in self.by_name.items() if symbol.function}

    def turns(self, letter: str) -> bool:
        """Whether a letter in an exponent is a transpose: there are matrices, and no scalar of that name."""
        declared = self.by_name.get(letter)
        return self.has_matrices and (declared is None or declared.is_matrix)

    def member(self, family: str, number: int) -> str | None:
        """The declared name that a family (`x_`, `x__`) has at a number."""
        return self.find(f"{family.rstrip('_')}_{number}")

    def find(self, spelling: str) -> str | None:
        """The declared name that a whole spelling means, or None."""
        key = spelling_key(spelling)
        return self.spellings.get(key) or self.loose_spellings.get(key.replace("_", ""))


def spelling_key(spelling: str) -> str:
    r"""What all spellings of one name share: `C_{0}` → `C0`, `N_{\mathrm{opt}}` → `N_opt`, `σ₁` → `sigma1`."""
    text = "".join(GREEK.get(char, char) for char in spelling)
    text = re.sub(r"\\(?:mathrm|mathbf|mathit|mathsf|mathcal|text|textit|boldsymbol|operatorname|bm)\b", "", text)
    text = re.sub(r"[\\{}()\s,]", "", text)
    text = text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    for variant, word in GREEK_VARIANTS.items():
        text = text.replace(variant, word)
    return re.sub(r"_(?=\d)", "", text)


_FLAGS = (
    "positive", "integer", "nonnegative", "symmetric", "identity", "imaginary", "orthogonal", "diagonal",
    "positive_definite", "invertible",
)  # fmt: skip


def _symbol(name: str, value: object) -> Symbol:
    if not isinstance(name, str) or not re.match(r"^[A-Za-z\u0370-\u03ff]", name) or len(name) > 60:
        raise ValueError(f"{str(name)[:60]!r} is no name for a symbol: it must start with a letter")
    properties = {} if value is None else value
    if not isinstance(properties, Mapping):
        raise ValueError(f"symbol {name}: expected a mapping of properties, not {type(value).__name__}")
    flags = {}
    for flag in _FLAGS:
        given = properties.get(flag, False)
        if given is not None and not isinstance(given, bool):
            raise ValueError(f"symbol {name}: {flag} must be true or false")
        flags[flag] = bool(given)
    rows, columns = _shape(name, properties.get("matrix"))
    aliases = properties.get("aliases") or ()
    if isinstance(aliases, str) or not isinstance(aliases, Sequence):
        raise ValueError(f"symbol {name}: aliases must be a list of strings")
    spellings = tuple(str(alias) for alias in aliases)
    if flags["imaginary"]:
        spellings = (*spellings, "i", "j")
    return Symbol(name, rows=rows, columns=columns, aliases=spellings, function=_function(name, properties), **flags)


def _function(name: str, properties: Mapping[str, object]) -> str:
    given = properties.get("function")
    if given is None or given is False:
        return ""
    if given is not True and not isinstance(given, str):
        raise ValueError(f"symbol {name}: function must be true or the name of a known function")
    return OPAQUE if given is True else given


def _shape(name: str, matrix: object) -> tuple[Dimension | None, Dimension | None]:
    if matrix is None or matrix is False:
        return None, None
    if isinstance(matrix, str) or not isinstance(matrix, Sequence) or len(matrix) != 2:
        raise ValueError(f"symbol {name}: matrix must be [rows, columns]")
    sizes: list[Dimension] = []
    for size in matrix:
        if isinstance(size, int) and not isinstance(size, bool) and 1 <= size <= 64:
            sizes.append(size)
        elif isinstance(size, str) and size.strip():
            sizes.append(int(size) if size.strip().isdigit() and 1 <= int(size) <= 64 else size.strip())
        else:
            raise ValueError(f"symbol {name}: a dimension must be a name or a number from 1 to 64")
    return sizes[0], sizes[1]
