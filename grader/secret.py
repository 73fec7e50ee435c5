"""The class secret.

Owns the file it stands in. What is drawn from it belongs to `seeds`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grader.errors import UsageError

SECRET_FILE = "class.secret"  # noqa: S105  # a file name
MIN_BYTES = 16


def class_secret(out: Path, shared: Path | None) -> bytes:
    """The secret of a class: from a shared file if one is given, else beside the gradebook, made on first use.

    Raises:
        UsageError: the file cannot be written or read, or holds too little to be a secret.
    """
    path = shared or out / SECRET_FILE
    if shared is None and not path.exists():
        _make(path)
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"cannot read the class secret {path}: {error.strerror}") from error
    if len(secret) < MIN_BYTES:
        raise UsageError(f"{path} holds {len(secret)} characters; a class secret needs at least {MIN_BYTES}")
    return secret


def _make(path: Path) -> None:
    """Draw a secret. It is there whole or not at all, so that a full disk leaves no half of one."""
    drawn = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(drawn, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        os.replace(drawn, path)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror} — --out must be a folder that you may write to"
        ) from error
