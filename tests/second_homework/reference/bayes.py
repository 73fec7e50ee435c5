"""Bayes' rule for one test."""

import sympy as sp

p, s, f = sp.symbols("p s f", real=True)


def positive():
    return s * p + f * (1 - p)


def ill():
    return s * p / positive()


def people():
    sick = 10_000 * 0.01
    return [[0.9 * sick, 0.1 * sick], [0.05 * (10_000 - sick), 0.95 * (10_000 - sick)]]
