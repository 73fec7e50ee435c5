"""Wrong caches and helpers."""

from collections import Counter
from itertools import pairwise


class first_in_first_out:
    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("too small")
        self.capacity, self.entries = capacity, {}

    def put(self, key, value):
        self.entries.pop(key, None)
        self.entries[key] = value
        if len(self.entries) > self.capacity:
            del self.entries[next(iter(self.entries))]

    def get(self, key):
        return self.entries[key]

    def keys(self):
        return set(self.entries)


class anything_goes(first_in_first_out):
    def __init__(self, capacity):
        self.capacity, self.entries = capacity, {}


def counts_by_counter(text):
    return dict(Counter(text))


def counts_pairs(text):
    found = {}
    for letter, other in pairwise(text):
        found[letter + other] = found.get(letter + other, 0) + 1
    return found


def pairs_both_ways(numbers):
    return {(number, -number) for number in numbers if -number in numbers and number}


def packed_swapped(data):
    out = bytearray()
    start = 0
    for i in range(1, len(data) + 1):
        if i == len(data) or data[i] != data[start] or i - start == 255:
            out += bytes([data[start], i - start])
            start = i
    return bytes(out)
