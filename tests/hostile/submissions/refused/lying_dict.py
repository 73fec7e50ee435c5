"""Returns a dictionary with keys that are not text."""

def attack(canary, port):
    return {1: "a", (2, 3): "b"}
