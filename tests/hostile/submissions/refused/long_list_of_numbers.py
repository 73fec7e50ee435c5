"""Returns numbers one by one, fewer than may be counted and more bytes than may cross."""

def attack(canary, port):
    return [0.5] * 190_000
