"""Leaves a clock in C that ends the process in the middle of a later part."""

import faulthandler
import signal


def attack(canary, port):
    faulthandler.dump_traceback_later(0.2, repeat=False, exit=True)
    faulthandler.register(signal.SIGUSR1, chain=True)
    return []
