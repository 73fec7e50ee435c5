"""The class secret, and the seeds derived from it: unpredictable without the secret, reproducible with it.

Owns the file of the secret and how randomness is derived: from the class secret for hidden checks, from a published
key for public ones, so that a student's own run and the class run agree. Draws nothing itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from numpy.random import Generator

PUBLISHED = b"published seed: public checks draw the same inputs everywhere"
SECRET_FILE = "class.secret"  # noqa: S105  # a file name
MIN_BYTES = 16  # 128 bits, too many to try out


def derive_key(secret: bytes, *words: str) -> bytes:
    """32 bytes that depend on the secret and on every word (HMAC-SHA256, words separated by NUL)."""
    return hmac.new(secret, "\0".join(words).encode(), hashlib.sha256).digest()


def derive_seed(secret: bytes, *words: str) -> int:
    """A seed from 0 to 2**63 - 1, the range that `torch.Generator.manual_seed` accepts."""
    return int.from_bytes(derive_key(secret, *words)[:8], "big") >> 1


def generator(seed: int) -> Generator:
    """Where the draws of a seed come from. NumPy is imported with the first: most commands draw nothing."""
    from numpy.random import default_rng

    return default_rng(seed)


def class_secret(out: Path, shared: Path | None) -> bytes:
    """The secret of a class: read from `shared` if given, else from the class's folder, where it is made on first use.

    Raises:
        UsageError: the file cannot be written or read, or holds too little to be a secret.
    """
    return _read(shared) if shared else kept_secret(out / SECRET_FILE)


def kept_secret(path: Path) -> bytes:
    """The secret that a file of ours holds; a file that nobody but its owner reads, made on first use.

    Raises:
        UsageError: the file cannot be written or read, or holds too little to be a secret.
    """
    if not path.exists():
        _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"cannot read the secret {path}: {error.strerror}") from error
    if len(secret) < MIN_BYTES:
        raise UsageError(f"{path} holds {len(secret)} characters; a secret needs at least {MIN_BYTES}")
    return secret


def _make(path: Path) -> None:
    """Draw a secret and write it. It is written beside and renamed, so that a full disk cannot leave half of one."""
    drawn = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(drawn, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        os.replace(drawn, path)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror} — it must lie in a folder that you may write to"
        ) from error
