"""Replaces its own handed-in file after it was read."""

def attack(canary, port):
    try:
        open("/submission/honest.py", "w").write("def twice(x): return 0")
        return ["replaced"]
    except OSError:
        return []
