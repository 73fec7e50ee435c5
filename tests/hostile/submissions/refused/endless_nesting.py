"""Returns a list that holds itself."""

def attack(canary, port):
    loop = []
    loop.append(loop)
    return loop
