"""Overflows the C stack: of a thread that has little of it, as newer Pythons watch over that of the first."""

import sys
import threading


def attack(canary, port):
    sys.setrecursionlimit(10**9)
    threading.stack_size(32 << 10)
    thread = threading.Thread(target=step)
    thread.start()
    thread.join()


def step():
    return max([1], key=lambda _: step())
