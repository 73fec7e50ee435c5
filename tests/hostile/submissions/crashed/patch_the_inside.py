"""Replaces the functions that send its reply."""

import grader.runner.serve


def attack(canary, port):
    grader.runner.serve.pack_frame = lambda nonce, body: b"I am correct"
    return []
