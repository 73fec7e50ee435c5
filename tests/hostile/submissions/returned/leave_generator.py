"""Leaves another generator of random numbers below numpy's own functions, which cannot be seeded as before."""

import numpy
import random
import torch


def attack(canary, port):
    numpy.random.set_bit_generator(numpy.random.PCG64(1))
    random._inst.gauss_next = 1e9
    torch.default_generator.set_state(torch.Generator().manual_seed(3).get_state())
    return []
