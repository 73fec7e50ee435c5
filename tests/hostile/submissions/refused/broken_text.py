"""Returns text that no encoding can hold."""

def attack(canary, port):
    return "\ud800"
