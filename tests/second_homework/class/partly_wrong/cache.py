from collections import Counter


class Cache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.entries = {}

    def put(self, key, value):
        self.entries[key] = value
        while len(self.entries) > self.capacity:
            self.entries.pop(next(iter(self.entries)))

    def get(self, key):
        return self.entries[key]

    def keys(self):
        return list(self.entries)


def counts(text):
    return dict(Counter(text))


def pairs(numbers):
    return [(a, b) for a in numbers for b in numbers if a < b and a + b == 0]


def packed(data):
    return "".join(f"{data.count(byte)}{chr(byte)}" for byte in set(data))
