"""Digests of files.

Owns the digest that identifies a set of files: `files_sha256` of a submission, and part of the keys of observations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, each behind its length, so that no two sets of files give the same bytes."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode("utf-8", "surrogatepass") + files[name])
    return digest.hexdigest()
