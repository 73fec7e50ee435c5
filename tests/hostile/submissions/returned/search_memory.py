"""Searches all living objects for the name of the canary folder beyond its own argument."""

import gc


def attack(canary, port):
    words = ("class.secret", "gradebook", "reference.")
    texts = [each for each in gc.get_objects() if isinstance(each, (list, tuple))]
    found = [item for each in texts for item in each if isinstance(item, str) and item.startswith(words)]
    return [item for item in found if item not in words]
