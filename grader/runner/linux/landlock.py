"""Landlock: a second lock on the file system, and on signals and abstract sockets, behind the mounts.

Owns the rights per kernel version. Found by asking the kernel, never by its version number.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence

from grader.runner.linux.syscalls import check, syscall

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
_ALL_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
"""Version 4 added ports alone. A right that the kernel does not know is refused as a whole."""
_ALL = (1 << 16) - 1
_MAKE_DEVICES = (1 << 6) | (1 << 11)
_SCOPES = 3
"""Abstract Unix sockets and signals, from version 6 on."""


def version() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))


def handled_rights(known: int) -> int:
    """Every right on files that a kernel of this version can withhold."""
    return _ALL_OF_VERSION.get(known, _ALL)


def restrict(readable: Sequence[str], writable: Sequence[str], devices: Sequence[str] = ()) -> int:
    """Only these folders from here on, for this process and all it starts. Needs `no_new_privileges`.

    Args:
        readable: folders and files to read and to run.
        writable: folders and files to write as well.
        devices: files, and folders of them, that may be written and driven: a GPU is, by `ioctl` alone.

    Returns:
        The Landlock version used, 0 where the kernel has none.

    Raises:
        OSError: the kernel refused it.
    """
    known = version()
    if not known:
        return 0
    handled = handled_rights(known)
    rules = struct.pack("<QQQ", handled, 0, _SCOPES if known >= 6 else 0)[: 24 if known >= 6 else 8]
    ruleset = check(syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), ctypes.c_uint32(0)), "landlock")
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in writable:
            _allow(ruleset, path, handled & ~_MAKE_DEVICES & ~_DEVICE_CONTROL)
        for path in devices:
            _allow(ruleset, path, (_READ | _WRITE_FILE | _DEVICE_CONTROL) & handled)
        check(syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)), "landlock")
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL
        rule = struct.pack("<Qi", rights, folder)
        check(syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_BENEATH), rule, ctypes.c_uint32(0)), path)
    finally:
        os.close(folder)
