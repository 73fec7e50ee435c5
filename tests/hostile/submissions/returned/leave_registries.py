"""Registers itself wherever a library keeps a table of kinds: abstract classes, codecs, trees, dispatch."""

import codecs
import collections.abc
import copyreg
import numbers

import torch


def attack(canary, port):
    numbers.Number.register(str)
    collections.abc.Mapping.register(list)
    codecs.register_error("strict", lambda error: ("", error.end))
    codecs.register(lambda name: codecs.lookup("utf-16"))
    copyreg.pickle(complex, lambda z: (float, (0.0,)))
    torch.utils._pytree.SUPPORTED_NODES.pop(list, None)
    return []
