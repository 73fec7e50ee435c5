"""Raises an exception with HTML, control characters and a million letters."""

def attack(canary, port):
    raise ValueError("<script>alert(1)</script>\x1b[31m\u202e" + "a" * 1_000_000)
