"""Opens files without end."""

def attack(canary, port):
    held = []
    try:
        while len(held) < 10_000:
            held.append(open("/dev/null"))
    except OSError:
        pass
    return [] if len(held) < 10_000 else [len(held)]
