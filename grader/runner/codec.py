"""A `Value` as bytes, and back from bytes that may be hostile.

What carries them across belongs to `grader.runner.protocol`; the encoding to `value_format`.
"""

from __future__ import annotations

from grader.runner.value_reader import decode, decode_inward
from grader.runner.value_writer import encode

__all__ = ["decode", "decode_inward", "encode"]
