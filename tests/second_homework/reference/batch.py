"""Normalisation of a batch."""

import sympy as sp


def normalise(X):
    centred = X - X.mean(dim=0)
    return centred / (centred.square().mean(dim=0) + 1e-5).sqrt()


def kept():
    return 2 * sp.Symbol("d", integer=True, positive=True)
