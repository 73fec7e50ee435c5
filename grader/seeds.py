"""Seeds that nobody can guess and everybody with the secret can repeat.

Owns how randomness is derived: from the class secret for hidden checks, from a published word for
public ones, so that a student's own run and the class run agree.
"""

from __future__ import annotations

import hashlib
import hmac

PUBLISHED = b"published seed: public checks draw the same inputs everywhere"


def derive_key(secret: bytes, *words: str) -> bytes:
    """32 bytes that depend on the secret and on every word (HMAC-SHA256, words separated by NUL)."""
    return hmac.new(secret, "\0".join(words).encode(), hashlib.sha256).digest()


def derive_seed(secret: bytes, *words: str) -> int:
    """A seed below 2**63, as `torch.Generator.manual_seed` wants it."""
    return int.from_bytes(derive_key(secret, *words)[:8], "big") >> 1
