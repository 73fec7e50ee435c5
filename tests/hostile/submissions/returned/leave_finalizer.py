"""Hides objects in caches of libraries; when these let go of them, their finalizers patch what comes later."""

import functools
import re

import torch


class Late:
    def __init__(self):
        self.itself = self

    def __hash__(self):
        return 1

    def __del__(self):
        torch.allclose = lambda *anything, **more: True
        torch.nn.Linear.forward = lambda self, x: x * 0


def attack(canary, port):
    re._cache[Late(), "a", 0] = Late()
    functools.lru_cache(maxsize=1)(repr)(Late())
    for kind in (torch.Tensor, torch.nn.Module):
        torch.overrides.is_tensor_like(Late())
        torch.nn.modules.module._global_forward_hooks.get(Late(), kind)
    return []
