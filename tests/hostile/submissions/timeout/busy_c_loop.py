"""Never returns from C code, where no signal handler of Python runs."""

def attack(canary, port):
    return pow(3, 10**8, 2**4_000_001 - 1)
