"""How to spend a training budget: L(N, D) = A/N^α + B/D^β + L0 under C = C0 N D.

The loss is the parametric fit of Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models"
(approach 3, eq. 10); the constants are its published fit, as the sheet quotes them. C0 is the FLOP that one parameter
spends on one training token (2 forward, 4 backward; Kaplan et al. 2020).
"""

from __future__ import annotations

import math

import sympy as sp

A, B, C, C_0, L_0, N, alpha, beta = sp.symbols("A B C C_0 L_0 N alpha beta", positive=True)

FIT = {alpha: 0.34, beta: 0.28, A: 406.4, B: 410.7, C_0: 6, L_0: 1.69}
"""The constants that the sheet gives for the numbers."""

LOSS = A * N**-alpha + B * sp.Symbol("D", positive=True) ** -beta + L_0


def D() -> sp.Expr:
    """Tokens that the budget leaves for a model of N parameters."""
    tokens = sp.Symbol("D", positive=True)
    (solution,) = sp.solve(sp.Eq(C, C_0 * N * tokens), tokens)
    return solution


def L_of_N() -> sp.Expr:
    """The loss with D eliminated."""
    return LOSS.subs(sp.Symbol("D", positive=True), D())


def dL_dN() -> sp.Expr:
    """Its derivative."""
    return sp.powsimp(sp.expand(sp.diff(L_of_N(), N)))


def N_opt() -> sp.Expr:
    """The model size where the derivative vanishes.

    Two powers of N must balance, so that their ratio c·N^e equals one: N = c^(-1/e).
    """
    falling, rising = dL_dN().as_ordered_terms()
    ratio = sp.powsimp(sp.powdenest(-rising / falling))
    coefficient, power = ratio.as_independent(N)
    return coefficient ** (-1 / sp.simplify(power.as_base_exp()[1]))


def D_opt() -> sp.Expr:
    """The tokens that go with it."""
    return sp.powsimp(D().subs(N, N_opt()))


def L_opt() -> sp.Expr:
    """The loss at the optimum."""
    return L_of_N().subs(N, N_opt())


def _law(size: sp.Expr) -> tuple[float, float]:
    """Prefactor and exponent of size = prefactor · C^exponent, with the fit's constants."""
    exponent = sp.simplify(C * sp.diff(sp.expand_log(sp.log(size), force=True), C))
    return float(size.subs(C, 1).evalf(subs=FIT)), float(exponent.evalf(subs=FIT))


optimal_N, optimal_D = N_opt, D_opt
"""By other names, where a parameter is called like the field whose values it takes."""


def two_budgets() -> list[dict[str, float]]:
    """The sheet's constants and a budget of 1 and of 10: where a formula shows prefactor and exponent."""
    constants = {str(symbol): float(value) for symbol, value in FIT.items()}
    return [{**constants, "C": 1.0}, {**constants, "C": 10.0}]


def exponent_N(N_opt: tuple[float, float] | None = None) -> float:
    """The exponent a of N_opt ~ C^a; from N_opt at two budgets, if it is given."""
    return _law(optimal_N())[1] if N_opt is None else _exponent(N_opt)


def exponent_D(D_opt: tuple[float, float] | None = None) -> float:
    """The exponent b of D_opt ~ C^b; from D_opt at two budgets, if it is given."""
    return _law(optimal_D())[1] if D_opt is None else _exponent(D_opt)


def prefactor_N(N_opt: tuple[float, float] | None = None) -> float:
    """The prefactor c_N of N_opt = c_N C^a; from N_opt at two budgets, if it is given."""
    return _law(optimal_N())[0] if N_opt is None else N_opt[0]


def _exponent(values: tuple[float, float]) -> float:
    return math.log10(values[1] / values[0])


def prefactor_D(c_N: float | None = None) -> float:
    """The prefactor c_D of D_opt = c_D C^b; from c_N, if one is given, since C0 N_opt D_opt = C."""
    return _law(D_opt())[0] if c_N is None else 1 / (FIT[C_0] * c_N)
