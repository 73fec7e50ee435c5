"""Raises groups of exceptions in groups, with causes in a circle and notes without end."""


def attack(canary, port):
    error = ValueError("inner")
    for depth in range(2_000):
        error = BaseExceptionGroup("outer", [error])
    error.__cause__ = error.__context__ = error
    error.__notes__ = ["note" * 1000] * 1000
    raise error
