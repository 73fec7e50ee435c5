"""Right variants of the functions in soft_prompts.py, as FUNCTION__VARIANT: other containers, precisions and ways to compute."""

import copy
import functools
import itertools
import math
import random
import statistics
from collections import namedtuple
from dataclasses import dataclass
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def _loss(model, p, e, t):
    z = model(torch.cat([p.expand(len(e), -1, -1), e], 1))[:, len(p) :]
    return F.cross_entropy(z.flatten(0, 1), t.flatten())


def loss_mask__reversed_view(length, reasoning, answer, newline):
    m = np.zeros(length, dtype=bool)
    m[length - newline + 1 : length - reasoning[0] + 2] = True
    return m[::-1]


@torch.inference_mode()
def prefix_states__inference(model, prompt):
    out = [prompt[None]]
    for b in model.blocks:
        out.append(b(out[-1]))
    return [o.squeeze(0) for o in out[1:]]


def continue_from__rows(model, prompt, states, embeddings):
    out = []
    for e in embeddings:
        x = e
        for b, s in zip(model.blocks, [prompt] + list(states)):
            x = b(torch.cat([s, x])[None])[0, len(prompt) :]
        out.append(model.unembed(x))
    return out


def _value(model, E, e, t, p):
    with torch.no_grad():
        z = model(torch.cat([E[torch.tensor(p)].expand(len(e), -1, -1), e], 1))[:, len(p) :]
        return F.cross_entropy(z.transpose(1, 2), t).item()


def best_hard_prompt__single(model, E, e, t, n):
    m = copy.deepcopy(model).float()
    return tuple(min(itertools.product(range(len(E)), repeat=n), key=lambda p: _value(m, E.float(), e.float(), t, p)))


def adapt__rows(model, prompt, embeddings, targets, lr, steps):
    p = prompt
    for _ in range(steps):
        p = p - lr * torch.func.grad(lambda q: _loss(model, q, embeddings, targets))(p)
    return list(p)


def _inner(model, p, e, t, lr, steps):
    for _ in range(steps):
        (g,) = torch.autograd.grad(_loss(model, p, e, t), p, create_graph=True)
        p = p - lr * g
    return p


def meta_step__rows(model, prompt, tasks, inner_lr, outer_lr, steps):
    p = prompt.clone().requires_grad_()
    sum((_loss(model, _inner(model, p, a, b, inner_lr, steps), c, d) for a, b, c, d in tasks)).div(
        len(tasks)
    ).backward()
    return list((p - outer_lr * p.grad).detach())
