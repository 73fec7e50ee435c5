"""Mounts its way to a writable submission."""

import ctypes


def attack(canary, port):
    libc = ctypes.CDLL(None)
    got = [libc.mount(b"none", b"/submission", None, 32, None), libc.mount(b"tmpfs", b"/house", b"tmpfs", 0, None)]
    got += [libc.umount2(b"/scratch", 2), libc.chroot(b"/scratch")]
    return [result for result in got if result == 0]
