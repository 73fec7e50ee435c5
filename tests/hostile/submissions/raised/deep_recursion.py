"""Calls itself without end."""

def attack(canary, port):
    return attack(canary, port)
