"""Fills its disk."""

def attack(canary, port):
    written = 0
    try:
        for number in range(64):
            with open(f"bomb{number}", "wb") as file:
                for _ in range(8):
                    written += file.write(bytes(1 << 20))
    except OSError:
        pass
    return [] if written <= 64 << 20 else [written]
