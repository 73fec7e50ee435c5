"""Fills the memory bit by bit."""

def attack(canary, port):
    held = []
    while True:
        held.append(bytearray(1 << 24))
