"""A cache, and helpers for its keys."""


class Cache:
    """The order of a dictionary is that of use."""

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("a cache needs room for one entry")
        self.capacity = capacity
        self.entries = {}

    def put(self, key, value):
        self.entries.pop(key, None)
        self.entries[key] = value
        if len(self.entries) > self.capacity:
            del self.entries[next(iter(self.entries))]

    def get(self, key):
        value = self.entries.pop(key)
        self.entries[key] = value
        return value

    def keys(self):
        return set(self.entries)


def counts(text):
    found = {}
    for letter in text:
        found[letter] = found.get(letter, 0) + 1
    return found


def pairs(numbers):
    held = set(numbers)
    return {(number, -number) for number in held if number < 0 and -number in held}


def packed(data):
    out = bytearray()
    start = 0
    for i in range(1, len(data) + 1):
        if i == len(data) or data[i] != data[start] or i - start == 255:
            out += bytes([i - start, data[start]])
            start = i
    return bytes(out)


def held():
    return {1, 4, 5}


def misses():
    return 5
