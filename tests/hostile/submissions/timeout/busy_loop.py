"""Never ends."""

def attack(canary, port):
    while True:
        pass
