"""Returns an integer with a million digits."""

def attack(canary, port):
    return 1 << 4_000_000
