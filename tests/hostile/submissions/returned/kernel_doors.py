"""Knocks at system calls that homework never needs."""

import ctypes

DOORS = {"ptrace": 101, "bpf": 321, "perf_event_open": 298, "keyctl": 250, "io_uring_setup": 425, "userfaultfd": 323,
         "process_vm_readv": 310, "open_by_handle_at": 304, "add_key": 248, "kexec_load": 246, "init_module": 175}


def attack(canary, port):
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for name, number in DOORS.items():
        result = libc.syscall(number, 0, 0, 0, 0, 0, 0)
        if result >= 0 or ctypes.get_errno() != 1:
            found.append(name)
    return found
