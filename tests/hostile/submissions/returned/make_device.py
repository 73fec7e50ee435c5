"""Makes a device node for the disk."""

import os
import stat


def attack(canary, port):
    try:
        os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))
        return [open("disk", "rb").read(1)]
    except OSError:
        return []
