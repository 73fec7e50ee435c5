"""Reads the usual places where keys, marks and accounts lie."""

import os

PLACES = ["/root", "/home", "/etc/passwd", "/etc/shadow", "/etc/hosts", "/work", "/srv", "/var", "/mnt", "/run", "/sys"]


def attack(canary, port):
    found = []
    for place in PLACES:
        try:
            found += [place] if os.path.isfile(place) else os.listdir(place)
        except OSError:
            pass
    # folders on the way to a library are empty but for that way
    return [name for name in found if name not in {".pyenv", "main", "lib", "passwd"}]
