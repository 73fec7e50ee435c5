"""A program's temporary files, in one folder that goes with it, however it ends.

Owns that folder: it is locked while the program lives, and whoever starts next removes those that nobody holds, as
`kill -9` and a power cut leave them. Where the system has no such locks, nothing is removed that somebody may use.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_MADE, _HELD = "hw11-new-", "hw11-held-"
"""A folder gets its second name when it is locked: so nobody takes one that was just made for left behind."""


def hold_temporary_folder() -> None:
    """Put every temporary file of this process, from now on, into a folder of its own, and remove abandoned ones.

    Where no folder can be made, whoever needs one says so.
    """
    if sys.platform == "win32":
        return
    with suppress(OSError):
        held = _held_folder(Path(tempfile.gettempdir()))
        tempfile.tempdir = str(held)
        atexit.register(shutil.rmtree, held, ignore_errors=True)
        for folder in held.parent.glob(f"{_HELD}*"):
            if folder != held and folder.lstat().st_uid == os.getuid() and _lock(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _held_folder(place: Path) -> Path:
    made = Path(tempfile.mkdtemp(prefix=_MADE, dir=place))
    if not _lock(made):
        made.rmdir()
        raise OSError("nothing can be locked here")
    made.chmod(0o711)  # the sandbox's other user must pass through to its own folders
    return made.rename(place / made.name.replace(_MADE, _HELD, 1))


def _lock(folder: Path) -> bool:
    """Lock a folder until this process ends; False if another does, or the file system locks nothing."""
    import fcntl

    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return True
    return False
