"""Leaves another rounding, flushed denormal numbers and a low precision."""

import ctypes
import decimal

import torch


def attack(canary, port):
    ctypes.CDLL(None).fesetround(0x800)
    torch.set_flush_denormal(True)
    decimal.getcontext().prec = 2
    torch.set_printoptions(precision=1)
    return []
