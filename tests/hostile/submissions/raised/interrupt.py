"""Pretends that somebody pressed Ctrl-C."""

def attack(canary, port):
    raise KeyboardInterrupt("stop grading")
