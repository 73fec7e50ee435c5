"""Digests of files.

Owns the one digest by which a set of files is known again: `files_sha256` of a submission, keys of observations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode("utf-8", "surrogatepass") + files[name])
    return digest.hexdigest()
