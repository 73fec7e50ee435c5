"""The few Linux system calls that the standard library lacks.

Owns their numbers, flags and errors. Imported on Linux only: inside by the entries, outside by
`grader.sandbox.drop_root`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

NEW_MOUNTS = 0x00020000
NEW_HOSTNAME = 0x04000000
NEW_IPC = 0x08000000
NEW_USERS = 0x10000000
NEW_PIDS = 0x20000000

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT = 1, 2, 4, 8, 32
BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18
DETACH = 2
HUGE = 2 << 20
_COLLAPSE = 25

_SET_DEATH_SIGNAL, _SET_DUMPABLE, _DROP_BOUND, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVILEGES = 1, 4, 24, 36, 38
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    """The result of a system call. Raises `OSError` with `what` where it failed."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """A raw system call; negative where it failed."""
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *words))


def unshare(flags: int) -> None:
    """Leave the named namespaces for fresh ones. Raises `OSError`."""
    check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount. Raises `OSError`."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None
    )
    check(result, f"mount {target}")


def unmount(target: str) -> None:
    """Detach a mount at once, even while it is in use. Raises `OSError`."""
    check(_libc.umount2(target.encode(), DETACH), f"unmount {target}")


def gather_pages() -> None:
    """Move this process's own memory to huge pages, so that a fork copies hundreds of entries, not a hundred thousand.

    A fork of an interpreter with torch in it and its end then cost a third. Where the kernel will not (before 6.1, or
    no memory is free), pages stay as they are.
    """
    for start, end in _anonymous_ranges(Path("/proc/self/maps").read_text()):
        for place in range(-(-start // HUGE) * HUGE, end // HUGE * HUGE, HUGE):
            _libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(HUGE), ctypes.c_int(_COLLAPSE))


def _anonymous_ranges(maps: str) -> Iterator[tuple[int, int]]:
    """Start and end of what is writable, private and of no file."""
    for line in maps.splitlines():
        addresses, rights, _offset, _device, inode, *_name = line.split()
        if rights == "rw-p" and inode == "0":
            start, end = addresses.split("-")
            yield int(start, 16), int(end, 16)


def _prctl(option: int, value: int = 0) -> None:
    """A process control with one value. Raises `OSError`."""
    zero = ctypes.c_ulong(0)
    check(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero), f"prctl {option}")


def no_new_privileges() -> None:
    """Nothing executed from here on can gain privileges, and seccomp and Landlock may be used."""
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)


def open_to_peers(allowed: bool) -> None:
    """Whether other processes of this user may look into this one's memory and descriptors."""
    _prctl(_SET_DUMPABLE, int(allowed))


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that forked it ends."""
    _prctl(_SET_DEATH_SIGNAL, 9)


def adopt_orphans(adopt: bool) -> None:
    """Whether processes below this one whose parent ends become its children, instead of the system's first process."""
    _prctl(_SET_CHILD_SUBREAPER, int(adopt))


def be_killed_first() -> None:
    """Have the kernel take this process when memory runs out, before any of the machine's own. Raises `OSError`."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def drop_capabilities() -> None:
    """Give up every capability of this user namespace, for good."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_DROP_BOUND, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            break  # past the last one that this kernel knows
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(_libc.capset(header, nothing), "capset")


def enter_namespaces(flags: int) -> None:
    """Fresh namespaces, a user namespace among them in which this user keeps its number and is the only one.

    Capabilities in the new user namespace allow the other namespaces, so one call makes all of them. Without
    `setgroups: deny` the kernel refuses a `gid_map` to whoever has no privileges.

    Raises:
        OSError: this kernel or its settings forbid it.
    """
    user, group = os.getuid(), os.getgid()
    unshare(NEW_USERS | flags)
    for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w") as handle:
            handle.write(line)
