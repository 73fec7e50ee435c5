"""Makes files without end."""

def attack(canary, port):
    made = 0
    try:
        while made < 20_000:
            open(f"f{made}", "w").close()
            made += 1
    except OSError:
        pass
    return [] if made < 20_000 else [made]
