"""Overrides operators of torch below the level of Python, and keeps them alive in a library."""

import colorsys
import warnings

import torch


def attack(canary, port):
    warnings.simplefilter("ignore")
    colorsys.kept = torch.library.Library("aten", "IMPL")
    colorsys.kept.impl("relu", lambda x: x, "CPU")
    colorsys.kept.impl("mul.Tensor", lambda x, y: x, "CPU")
    warnings.resetwarnings()
    return []
