"""Returns a dictionary whose keys are tensors."""
import torch

def attack(canary, port):
    return {torch.zeros(1): "a", torch.ones(1): "b"}
