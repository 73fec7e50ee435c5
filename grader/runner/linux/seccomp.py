"""A filter on system calls: what no homework needs and an escape would.

Owns the list and its compilation to classic BPF. Most of the list needs privileges that student code lacks; it is
denied all the same, since what is not reachable cannot have a flaw. A denied call fails with EPERM, so that a library
which tries one goes on. Machines whose numbers are not listed get no filter, and `install` says so.
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
    # name: (x86_64, aarch64),  # what it would allow
    "acct": (163, 89),  # has the kernel write a record of every process that ends to a file
    "add_key": (248, 217),  # keys are kept by the kernel, outlive the process and are shared by all processes of a user
    "bpf": (321, 280),  # loads programs into the kernel; their verifier had many flaws that gave root
    "chroot": (161, 51),  # another root folder confuses what checks paths by name
    "clock_adjtime": (305, 266),  # changes the machine's clock
    "clone3": (435, 435),  # makes namespaces by flags in memory, which a filter cannot read
    "delete_module": (176, 106),  # changes the kernel's code
    "fanotify_init": (300, 262),  # watches what other processes open
    "finit_module": (313, 273),  # changes the kernel's code
    "fsconfig": (431, 431),  # mounts, in steps
    "fsmount": (432, 432),  # mounts, in steps
    "fsopen": (430, 430),  # mounts, in steps, and hands the kernel an image to parse
    "fspick": (433, 433),  # mounts, in steps
    "init_module": (175, 105),  # changes the kernel's code
    "io_uring_enter": (426, 426),  # does reads, writes and connections that no filter sees
    "io_uring_register": (427, 427),  # pins memory in the kernel, and belongs to the same door
    "io_uring_setup": (425, 425),  # opens it; flaws in it gave root more than once
    "kcmp": (312, 272),  # compares kernel addresses of two processes, which helps to aim at them
    "kexec_file_load": (320, 294),  # starts another kernel
    "kexec_load": (246, 104),  # starts another kernel
    "keyctl": (250, 219),  # reads and changes keys, see add_key
    "memfd_create": (319, 279),  # memory in a file that no folder shows and no process has to map
    "memfd_secret": (447, 447),  # the same, hidden from the kernel as well
    "mount": (165, 40),  # changes what is at a path
    "mount_setattr": (442, 442),  # makes a read-only mount writable
    "move_mount": (429, 429),  # uncovers what a mount covers
    "mq_open": (240, 180),  # message queues hold memory of their own, and outlive the process
    "msgget": (68, 186),  # the same, of System V: up to 500 MB in the kernel
    "name_to_handle_at": (303, 264),  # names a file without its path, for open_by_handle_at
    "open_by_handle_at": (304, 265),  # opens files by number, past folders that are closed or covered
    "open_tree": (428, 428),  # copies a mount without what covers it
    "perf_event_open": (298, 241),  # counts events of other processes and of the kernel, which shows what they compute
    "pidfd_getfd": (438, 438),  # takes an open file out of another process
    "pivot_root": (155, 41),  # another root folder, see chroot
    "process_vm_readv": (310, 270),  # reads another process's memory
    "process_vm_writev": (311, 271),  # writes another process's memory
    "ptrace": (101, 117),  # reads and steers another process
    "quotactl": (179, 60),  # changes limits of disks
    "reboot": (169, 142),  # stops the machine, or the namespace
    "request_key": (249, 218),  # has the kernel start a program of the machine to make a key
    "semget": (64, 190),  # semaphores of System V stay in the kernel after the process
    "sethostname": (170, 161),  # a name that other processes of the namespace read
    "setns": (308, 268),  # enters another process's namespaces
    "shmget": (29, 194),  # shared memory of System V stays when no process maps it, so nobody counts it
    "settimeofday": (164, 170),  # changes the machine's clock
    "swapon": (167, 224),  # has the kernel page to a file of one's choice
    "syslog": (103, 116),  # reads the kernel's messages, with addresses and other processes' names in them
    "umount2": (166, 39),  # uncovers what a mount covers
    "unshare": (272, 97),  # a new user namespace gives all capabilities in it, and with them most flaws of the kernel
    "userfaultfd": (323, 282),  # stops the kernel in the middle of a copy, which makes its races easy to win
    "vmsplice": (278, 75),  # puts pages into a pipe, where they stay, uncounted, after they are unmapped
}
_CLONE, _MMAP, _SOCKET, _SET_OPTION, _SECCOMP = (56, 220), (9, 222), (41, 198), (54, 208), (317, 277)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column in the table above, and the architecture that the kernel reports."""
_NEW_NAMESPACES = 0x7E020000
"""Every CLONE_NEW… flag: `clone` may start processes and threads, but no namespaces, for the reason of `unshare`."""
_MAP_KIND, _SHARED_WITHOUT_FILE = 0x2F, 0x21
"""Of the flags of `mmap`: which bits say whether a map is shared and has no file, and their value where both hold.

Such memory stays when a process drops its pages, and then belongs to nobody. In a file of /dev/shm it is counted.
"""
UNIX_SOCKETS = (1,)
"""The kind that data loaders pass tensors through. Connections to oneself over IP would hold megabytes each in the
kernel, uncounted; others (vsock, netlink, …) do not end in the empty network namespace.
"""
_OF_SOCKETS, _SEND_BUFFER, _SEND_BUFFER_BY_FORCE = 1, 7, 32
"""Level and names of the options of `setsockopt` that make a socket hold 8 MB, uncounted, instead of 0.2."""
_X32_BIT = 0x40000000
"""Marks calls of the x32 interface: the same calls under other numbers, which would pass the list."""

_LOAD, _AND, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT, _THIRD_ARGUMENT_AT, _FOURTH_ARGUMENT_AT = 16, 24, 32, 40
_SET_MODE_FILTER = 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(families: Sequence[int] = UNIX_SOCKETS, shared_maps: bool = False) -> bool:
    """Filter this process and all it starts. Needs `no_new_privileges` before.

    Args:
        families: the kinds of socket that may be made.
        shared_maps: whether memory may be shared without a file, as a GPU's driver does.

    Returns:
        Whether there is a filter for this machine.

    Raises:
        OSError: the kernel refused it.
    """
    machine = _MACHINES.get(platform.machine()) if sys.byteorder == "little" else None
    if machine is None:
        return False
    column, architecture = machine
    code = compile_filter(column, architecture, families, shared_maps)
    program = _Program(len(code) // 8, code)
    check(syscall(_SECCOMP[column], _SET_MODE_FILTER, 0, ctypes.byref(program)), "seccomp")
    return True


def compile_filter(
    column: int, architecture: int, families: Sequence[int] = UNIX_SOCKETS, shared_maps: bool = False
) -> bytes:
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
        _line(_JUMP_EQUAL, _MMAP[column], no=5),
        _line(_LOAD, _FOURTH_ARGUMENT_AT),
        _line(_AND, _MAP_KIND),
        _line(_JUMP_EQUAL, _SHARED_WITHOUT_FILE, no=1),
        _line(_RETURN, _ALLOW if shared_maps else eperm),
        _line(_RETURN, _ALLOW),
        _line(_JUMP_EQUAL, _SET_OPTION[column], no=7),
        _line(_LOAD, _SECOND_ARGUMENT_AT),
        _line(_JUMP_EQUAL, _OF_SOCKETS, no=4),
        _line(_LOAD, _THIRD_ARGUMENT_AT),
        _line(_JUMP_EQUAL, _SEND_BUFFER, yes=1),
        _line(_JUMP_EQUAL, _SEND_BUFFER_BY_FORCE, no=1),
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
