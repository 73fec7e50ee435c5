"""Spoilt tables."""


def fewer(content):
    return content.replace(b"1,9", b"1,3")
