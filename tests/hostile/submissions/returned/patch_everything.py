"""Patches torch, numpy, json, struct, builtins and the grader inside, and still answers."""

import builtins
import json
import math
import struct

import numpy
import torch


def attack(canary, port):
    torch.allclose = torch.equal = numpy.allclose = math.isclose = lambda *a, **k: True
    json.loads = json.dumps = lambda *a, **k: "forged"
    torch.Tensor.__eq__ = lambda *a: True
    builtins.abs = lambda x: 0
    builtins.isinstance = builtins.isinstance
    struct.unpack = lambda *a: (0,)
    return []
