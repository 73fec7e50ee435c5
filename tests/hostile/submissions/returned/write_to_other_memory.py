"""Writes into every process that it can name, by /proc and by the kernel's own calls."""

import ctypes
import os


def attack(canary, port):
    got = []
    libc = ctypes.CDLL(None, use_errno=True)
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        for file in ("mem", "oom_score_adj", "clear_refs", "attr/current", "timerslack_ns", "coredump_filter"):
            try:
                os.write(os.open(f"/proc/{name}/{file}", os.O_RDWR), b"0")
                got.append(file)
            except OSError:
                pass
        words = ctypes.create_string_buffer(16)
        vector = (ctypes.c_size_t * 2)(ctypes.addressof(words), 16)
        if libc.process_vm_readv(int(name), vector, 1, vector, 1, 0) > 0:
            got.append("process_vm_readv")
    return got
