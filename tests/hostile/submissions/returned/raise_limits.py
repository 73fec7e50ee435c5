"""Lifts its own limits."""

import resource


def attack(canary, port):
    found = []
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE"):
        try:
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            found.append(name)
        except (OSError, ValueError):
            pass
    return found
