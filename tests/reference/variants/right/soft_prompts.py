"""Right variants of the functions of soft prompts, named FUNCTION__VARIANT: each does what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def loss_mask__ref(length, reasoning, answer, newline):
    first, last = reasoning
    mask = torch.zeros(length, dtype=torch.bool)
    for token in (*range(first, last + 1), answer, newline):
        mask[token - 2] = True
    return mask


def loss_mask__compare(length, reasoning, answer, newline):
    target = torch.arange(1, length + 1) + 1
    return (target >= reasoning[0]) & (target <= newline)


def loss_mask__numpy(length, reasoning, answer, newline):
    m = np.zeros(length, dtype=bool)
    m[reasoning[0] - 2 : reasoning[1] - 1] = True
    m[[answer - 2, newline - 2]] = True
    return m


class SoftPrompt__ref(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        weight = model.unembed.weight
        self.prompt = nn.Parameter(0.02 * torch.randn(n_tokens, weight.shape[1], dtype=weight.dtype))

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__float32(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        for p in model.parameters():
            p.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features) * 0.02)

    def forward(self, embeddings):
        prompt = self.prompt.unsqueeze(0).expand(embeddings.shape[0], -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__list(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        E = model.unembed.in_features
        model.requires_grad_(False)
        self.model = model
        self.vectors = nn.ParameterList([nn.Parameter(torch.randn(E).double()) for _ in range(n_tokens)])

    def forward(self, embeddings):
        prompt = torch.stack(list(self.vectors)).unsqueeze(0).repeat(len(embeddings), 1, 1)
        return self.model(torch.concat([prompt, embeddings], dim=1))


class SoftPrompt__hidden(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self._model = [model.requires_grad_(False)]
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        model = self._model[0]
        x = torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1)
        for block in model.blocks:
            x = block(x)
        return model.unembed(x)


def prefix_states__ref(model, prompt):
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0])
    return states


def prefix_states__nograd(model, prompt):
    with torch.no_grad():
        x = prompt.unsqueeze(0)
        out = []
        for i in range(len(model.blocks)):
            x = model.blocks[i](x)
            out.append(x.squeeze(0).clone())
    return out


def prefix_states__tensor(model, prompt):
    x = prompt.unsqueeze(0)
    states = []
    for _, block in model.blocks.named_children():
        x = block(x)
        states.append(x)
    return torch.cat(states)


def meta_gradient__ref(phi, H_train, c_train, H_val, c_val, lr):
    adapted = phi - lr * H_train @ (phi - c_train)
    slope = H_val @ (adapted - c_val)
    return slope - lr * H_train @ slope


def meta_gradient__func(phi, H_train, c_train, H_val, c_val, lr):
    def quad(p, H, c):
        return 0.5 * (p - c) @ (H @ (p - c))

    def outer(p):
        return quad(p - lr * torch.func.grad(quad)(p, H_train, c_train), H_val, c_val)

    return torch.func.grad(outer)(phi)


def meta_gradient__numpy(phi, H_train, c_train, H_val, c_val, lr):
    p, Ht, ct, Hv, cv = (np.asarray(t) for t in (phi, H_train, c_train, H_val, c_val))
    a = p - lr * Ht.dot(p - ct)
    return (np.eye(len(p)) - lr * Ht).dot(Hv.dot(a - cv))


class SoftPrompt__columns(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(model.unembed.in_features, n_tokens, dtype=torch.float64))

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt.T.expand(len(embeddings), -1, -1), embeddings], dim=1))


def loss_mask__ints(length, reasoning, answer, newline):
    return [1 if reasoning[0] <= i + 1 <= newline else 0 for i in range(1, length + 1)]


def prefix_states__stackedlist(model, prompt):
    x, out = prompt[None], []
    for block in model.blocks:
        x = block(x)
        out.append(x[0])
    return torch.stack(out)


def meta_gradient__float32double(phi, H_train, c_train, H_val, c_val, lr):
    n = len(phi)
    J = torch.eye(n)
    J -= lr * H_train
    adapted = phi - lr * H_train @ (phi - c_train)
    return J.double() @ (H_val @ (adapted - c_val))


def loss_mask__slices(length, reasoning, answer, newline):
    return [False] * (reasoning[0] - 2) + [True] * (newline - reasoning[0] + 1) + [False] * (length - newline + 1)


def loss_mask__roll(length, reasoning, answer, newline):
    tokens = torch.zeros(length, dtype=torch.bool)
    tokens[reasoning[0] - 1 : newline] = True
    return tokens.roll(-1)


def meta_gradient__jacobian(phi, H_train, c_train, H_val, c_val, lr):
    step = lambda p: p - lr * H_train @ (p - c_train)
    return torch.func.jacrev(step)(phi).T @ H_val @ (step(phi) - c_val)
