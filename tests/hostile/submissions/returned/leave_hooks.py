"""Leaves hooks that change what every module, every optimizer and every saved tensor gives."""

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook


def attack(canary, port):
    torch.nn.modules.module.register_module_forward_hook(lambda module, inputs, output: output * 0)
    register_optimizer_step_pre_hook(lambda *anything: None)
    torch.autograd.graph.saved_tensors_hooks(lambda x: x * 0, lambda x: x).__enter__()
    return []
