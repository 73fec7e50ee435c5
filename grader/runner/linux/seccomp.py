"""A filter on system calls: what no homework needs and an escape would.

Owns the list and its compilation to classic BPF. A denied call fails with EPERM, so that a library which
tries one goes on. Machines whose numbers are not listed get no filter, and `install` says so.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Sequence

from grader.runner.linux.syscalls import check, syscall

_NUMBERS = {
    # name: x86_64, aarch64
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clone3": (435, 435),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_CLONE, _SOCKET, _SECCOMP = (56, 220), (41, 198), (317, 277)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the table above, and the architecture that the kernel reports."""
_NEW_NAMESPACES = 0x7E020000
SOCKET_FAMILIES = (1, 2, 10)
"""Unix, IPv4 and IPv6, which end in an empty network namespace. Others (vsock, netlink, …) do not all."""
_X32_BIT = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_SET_MODE_FILTER = 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(families: Sequence[int] = SOCKET_FAMILIES) -> bool:
    """Filter this process and all it starts. Needs `no_new_privileges` before.

    Args:
        families: the kinds of socket that may be made.

    Returns:
        Whether there is a filter for this machine.

    Raises:
        OSError: the kernel refused it.
    """
    machine = _MACHINES.get(platform.machine()) if sys.byteorder == "little" else None
    if machine is None:
        return False
    column, architecture = machine
    code = compile_filter(column, architecture, families)
    program = _Program(len(code) // 8, code)
    check(syscall(_SECCOMP[column], _SET_MODE_FILTER, 0, ctypes.byref(program)), "seccomp")
    return True


def compile_filter(column: int, architecture: int, families: Sequence[int] = SOCKET_FAMILIES) -> bytes:
    """The filter as the kernel reads it: eight bytes an instruction."""
    eperm, enosys = _FAIL | errno.EPERM, _FAIL | errno.ENOSYS
    lines = [
        _line(_LOAD, _ARCHITECTURE_AT),
        _line(_JUMP_EQUAL, architecture, yes=1),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER_AT),
    ]
    lines += [_line(_JUMP_AT_LEAST, _X32_BIT, no=1), _line(_RETURN, eperm)]
    for name, numbers in _NUMBERS.items():
        # glibc falls back to clone, whose flags can be read, where clone3 seems not to exist
        lines += [_line(_JUMP_EQUAL, numbers[column], no=1), _line(_RETURN, enosys if name == "clone3" else eperm)]
    lines += [
        _line(_JUMP_EQUAL, _CLONE[column], no=4),
        _line(_LOAD, _FIRST_ARGUMENT_AT),
        _line(_JUMP_ANY_BIT, _NEW_NAMESPACES, no=1),
        _line(_RETURN, eperm),
        _line(_RETURN, _ALLOW),
        _line(_JUMP_EQUAL, _SOCKET[column], yes=1),
        _line(_RETURN, _ALLOW),
        _line(_LOAD, _FIRST_ARGUMENT_AT),
    ]
    lines += [part for family in families for part in (_line(_JUMP_EQUAL, family, no=1), _line(_RETURN, _ALLOW))]
    return b"".join([*lines, _line(_RETURN, _FAIL | errno.EAFNOSUPPORT)])


def _line(code: int, operand: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, operand)
