"""Returns a numpy array of arbitrary objects."""

import numpy


def attack(canary, port):
    return numpy.array([object(), print], dtype=object)
