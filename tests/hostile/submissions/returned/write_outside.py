"""Writes a file beside the canary and in every usual place."""

import os


def attack(canary, port):
    found = []
    for place in (os.path.dirname(canary), "/", "/etc", "/usr/lib", "/dev", "/house", "/probes", "/submission", "/proc", "/home"):
        try:
            with open(os.path.join(place, "owned"), "w") as file:
                file.write("owned")
            found.append(place)
        except OSError:
            pass
    return found
