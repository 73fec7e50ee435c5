"""Asks for forty gigabytes at once."""

import torch


def attack(canary, port):
    return torch.zeros(10**10)
