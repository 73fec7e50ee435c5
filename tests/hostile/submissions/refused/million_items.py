"""Returns a list of a million numbers."""

def attack(canary, port):
    return [0] * 1_000_000
