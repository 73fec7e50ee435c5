"""Returns a novel."""

def attack(canary, port):
    return "a" * (8 << 20)
