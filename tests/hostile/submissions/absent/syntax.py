"""Does not compile."""

def attack(canary, port:
    return []
