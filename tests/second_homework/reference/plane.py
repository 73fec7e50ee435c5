"""Eigenvalues of a symmetric map, and a projection."""

import sympy as sp

A = sp.Matrix([[2, 1], [1, 2]])
x = sp.Symbol("x", real=True)


def characteristic():
    return sp.Eq((2 - x) ** 2 - 1, 0)


def eigenvalues():
    return {int(value) for value in A.eigenvals()}


def eigenvectors():
    return [[float(cell) for cell in vectors[0]] for _, _, vectors in A.eigenvects()]


def longest():
    return 2 * max(eigenvalues())


def projection():
    return "u*transpose(u)"
