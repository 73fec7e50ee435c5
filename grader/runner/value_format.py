"""The encoding of a `Value`: tags, layouts and the order of types.

Owns the table below. Writing and reading it belong to `value_writer` and `value_reader`.

An encoded value is one tag byte and a payload, little-endian:

    N                 none                 c  two float64        complex
    T F               bool                 l t  count, items     list, tuple
    i  length, bytes  int                  d  count, key, value  dict with text keys, each once
    b  length, bytes  bytes                m  count, key, value  dict with any keys, each once
    u  count, items   set
    f  float64        float                a  dtype, rank, shape, bytes      Tensor
    s  length, UTF-8  text                 g  int64              Generator, inward only
    q  count, int64   list of ints         r  count, float64     list of floats

A list is written as `q` or `r` whenever it can be: one by one its items would cost a hundred times as much. NaN and
the infinities are IEEE 754 bit patterns, never text.
"""

from __future__ import annotations

import struct

from grader.runner.values import ITEM_BYTES

DTYPES = tuple(ITEM_BYTES)
PACKED = {frozenset({int}): (b"q", "q"), frozenset({float}): (b"r", "d")}
"""Types of a list's items -> its tag, and how `struct` names such an item."""
U16, COUNT, I64, REAL, COMPLEX = map(struct.Struct, ("<H", "<I", "<q", "<d", "<dd"))
KIND = struct.Struct("<BB")
