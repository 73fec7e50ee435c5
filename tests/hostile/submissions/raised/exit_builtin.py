"""Ends the program by the builtin."""

def attack(canary, port):
    exit()
