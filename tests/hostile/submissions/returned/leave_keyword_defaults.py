"""Changes defaults of keywords in place, which replaces no attribute of any function."""

import torch


def attack(canary, port):
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        kind.__init__.__kwdefaults__["maximize"] = True
    return []
