"""Runs programs that are lying about."""

import subprocess


def attack(canary, port):
    found = []
    for command in (["/bin/sh", "-c", "id"], ["/usr/bin/bwrap", "--version"], ["/usr/bin/curl", "http://1.1.1.1"]):
        try:
            found.append(subprocess.run(command, capture_output=True, timeout=2).stdout.decode())
        except OSError:
            pass
    return found
