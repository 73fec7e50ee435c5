"""Puts an object in the place of its own module that has every function and says yes to everything."""

import sys


class Everything:
    def __getattr__(self, name):
        return lambda *anything, **more: []

    def __call__(self, *anything, **more):
        return []


sys.modules[__name__] = Everything()
sys.modules["honest"] = sys.modules[__name__]
