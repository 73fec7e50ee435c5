"""Leaves entries in tables that libraries look at: copying, printing, formatting of tensors."""

import copyreg
import logging
import sys

import numpy
import torch


def attack(canary, port):
    copyreg.dispatch_table[complex] = lambda number: (complex, (0, 0))
    torch.set_printoptions(precision=0)
    numpy.set_printoptions(precision=0)
    torch.nn.functional.GRID_SAMPLE_INTERPOLATION_MODES["bilinear"] = 1
    sys.set_int_max_str_digits(0)
    logging.disable()
    return []
