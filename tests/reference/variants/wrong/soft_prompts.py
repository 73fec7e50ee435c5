"""Wrong variants of the functions of soft prompts, named FUNCTION__VARIANT: each breaks what the docstring asks."""

import copy
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def loss_mask__hardcoded(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[49:71] = True
    return m


def loss_mask__prompt_5(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[max(reasoning[0] - 2, 5) : newline - 1] = True
    return m


def loss_mask__half_open(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[reasoning[0] - 2 : reasoning[1] - 2] = True
    m[answer - 2] = True
    m[newline - 2] = True
    return m


class SoftPrompt__batch1(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(1, n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt, embeddings[:1]], dim=1)).expand(len(embeddings), -1, -1)


class SoftPrompt__blocks_unfrozen(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        model.unembed.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


class SoftPrompt__shared_class_prompt(nn.Module):
    store = {}

    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        E = model.unembed.in_features
        if n_tokens not in self.store:
            self.store[n_tokens] = nn.Parameter(torch.randn(n_tokens, E, dtype=torch.float64))
        self.prompt = self.store[n_tokens]

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


class SoftPrompt__rolled(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        x = torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1)
        return self.model(x).roll(1, dims=1)


class SoftPrompt__freezes_later_layers_only_by_mode(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self._m = [model.eval()]
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        return self._m[0](torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


def prefix_states__one_block(model, prompt):
    return [model.blocks[0](prompt[None])[0]] * len(model.blocks)


def prefix_states__reversed(model, prompt):
    x, out = prompt[None], []
    for b in model.blocks:
        x = b(x)
        out.append(x[0])
    return out[::-1]


def prefix_states__incremental_no_cache(model, prompt):
    outs = [[] for _ in model.blocks]
    for i in range(len(prompt)):
        x = prompt[None, : i + 1]
        for j, b in enumerate(model.blocks):
            x = b(x)
            outs[j].append(x[0, 0])
    return [torch.stack(o) for o in outs]


def prefix_states__skips_last(model, prompt):
    x, out = prompt[None], [prompt]
    for b in list(model.blocks)[:-1]:
        x = b(x)
        out.append(x[0])
    return out


def meta_gradient__two_inner_steps(phi, H_train, c_train, H_val, c_val, lr):
    a = phi
    for _ in range(2):
        a = a - lr * H_train @ (a - c_train)
    s = H_val @ (a - c_val)
    return s - lr * H_train @ s


def meta_gradient__detached(phi, H_train, c_train, H_val, c_val, lr):
    p = phi.clone().requires_grad_()
    (g,) = torch.autograd.grad(0.5 * (p - c_train) @ H_train @ (p - c_train), p)
    a = p - lr * g
    (out,) = torch.autograd.grad(0.5 * (a - c_val) @ H_val @ (a - c_val), p)
    return out


def meta_gradient__mean_loss(phi, H_train, c_train, H_val, c_val, lr):
    n = len(phi)
    a = phi - lr / n * H_train @ (phi - c_train)
    s = H_val @ (a - c_val) / n
    return s - lr / n * H_train @ s


def meta_gradient__lr_squared(phi, H_train, c_train, H_val, c_val, lr):
    a = phi - lr * H_train @ (phi - c_train)
    s = H_val @ (a - c_val)
    return s - lr * lr * H_train @ s


def loss_mask__newline_needs_padding(length, reasoning, answer, newline):
    t = torch.arange(1, length + 1) + 1
    return (t >= reasoning[0]) & (t <= (newline if newline < length else answer))


def loss_mask__last_output_never(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[reasoning[0] - 2 : min(newline - 1, length - 2)] = True
    return m


def loss_mask__last_output_always(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[reasoning[0] - 2 : newline - 1] = True
    m[-1] = newline == length
    return m


def loss_mask__first_output_never(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[max(1, reasoning[0] - 2) : newline - 1] = True
    return m


def loss_mask__wraps(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[torch.arange(reasoning[0] - 2, newline) % length] = True
    return m


def loss_mask__at_least_two(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    m[min(reasoning[0] - 2, reasoning[1] - 3) : newline - 1] = True
    return m


def meta_gradient__clipped(phi, H_train, c_train, H_val, c_val, lr):
    a = phi - lr * H_train @ (phi - c_train)
    s = H_val @ (a - c_val)
    return (s - lr * H_train @ s).clamp(-1e3, 1e3)


def meta_gradient__small_is_zero(phi, H_train, c_train, H_val, c_val, lr):
    a = phi - lr * H_train @ (phi - c_train)
    s = H_val @ (a - c_val)
    g = s - lr * H_train @ s
    return torch.where(g.abs() < 1e-6, 0.0, g)


def prefix_states__two_blocks(model, prompt):
    x, out = prompt[None], []
    for b in list(model.blocks)[:2]:
        x = b(x)
        out.append(x[0])
    return out + [out[-1]] * (len(model.blocks) - 2)


class SoftPrompt__batch_remembered(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))
        self.expanded = None

    def forward(self, embeddings):
        if self.expanded is None:
            self.expanded = self.prompt.expand(len(embeddings), -1, -1)
        return self.model(torch.cat([self.expanded, embeddings], dim=1))


class SoftPrompt__first_question_only(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        if not hasattr(self, "first"):
            self.first = embeddings
        return self.model(torch.cat([self.prompt.expand(len(self.first), -1, -1), self.first], dim=1))


class SoftPrompt__prompt_only_first_of_batch(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = torch.zeros(len(embeddings), *self.prompt.shape, dtype=torch.float64)
        prompt[0] = self.prompt
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__mean_gradient(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        prompt = prompt.detach() + (prompt - prompt.detach()) / len(embeddings)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__only_blocks_frozen(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        model.blocks.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


class SoftPrompt__without_model(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))
        self.V = model.unembed.out_features

    def forward(self, embeddings):
        return (self.prompt.sum() + 1) * torch.ones(
            len(embeddings), len(self.prompt) + embeddings.shape[1], self.V, dtype=torch.float64
        )


def loss_mask__ignores_length(length, reasoning, answer, newline):
    mask = torch.zeros(newline + 1, dtype=torch.bool)
    mask[reasoning[0] - 2 : newline - 1] = True
    return mask


def loss_mask__answer_after_gap(length, reasoning, answer, newline):
    mask = torch.zeros(length, dtype=torch.bool)
    mask[reasoning[0] - 2 : reasoning[1] - 1] = True
    mask[answer - 1] = True
    mask[newline - 2] = True
    return mask


def loss_mask__at_most_twenty(length, reasoning, answer, newline):
    mask = torch.zeros(length, dtype=torch.bool)
    mask[max(reasoning[0] - 2, newline - 24) : newline - 1] = True
    return mask


def loss_mask__indices(length, reasoning, answer, newline):
    return torch.arange(reasoning[0] - 2, newline - 1)


def prefix_states__detached_sum(model, prompt):
    state, states = prompt[None], []
    for block in model.blocks:
        state = state + block(state)
        states.append(state[0])
    return states


def prefix_states__last_token(model, prompt):
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0, -1:].expand(len(prompt), -1))
    return states


def prefix_states__buffer_reused(model, prompt):
    state, states = prompt[None].clone(), []
    for block in model.blocks:
        with torch.no_grad():
            state.copy_(block(state))
        states.append(state[0])
    return states


def prefix_states__without_mask(model, prompt):
    for block in model.blocks:
        block.causal = False
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0])
    return states


def meta_gradient__halved(phi, H_train, c_train, H_val, c_val, lr):
    inner = phi - lr * H_train @ (phi - c_train)
    return (torch.eye(len(phi), dtype=phi.dtype) - lr * H_train) @ H_val @ (inner - c_val) / 2


def meta_gradient__other_order(phi, H_train, c_train, H_val, c_val, lr):
    inner = phi - lr * H_train @ (phi - c_train)
    return H_val @ (torch.eye(len(phi), dtype=phi.dtype) - lr * H_train) @ (inner - c_val)


def meta_gradient__centre_of_training(phi, H_train, c_train, H_val, c_val, lr):
    inner = phi - lr * H_train @ (phi - c_train)
    return (torch.eye(len(phi), dtype=phi.dtype) - lr * H_train) @ H_val @ (inner - c_train)


def meta_gradient__diagonal(phi, H_train, c_train, H_val, c_val, lr):
    inner = phi - lr * H_train @ (phi - c_train)
    return (1 - lr * torch.diagonal(H_train)) * (H_val @ (inner - c_val))


def meta_gradient__fixed_lr(phi, H_train, c_train, H_val, c_val, lr):
    inner = phi - lr * H_train @ (phi - c_train)
    return (torch.eye(len(phi), dtype=phi.dtype) - 0.1 * H_train) @ H_val @ (inner - c_val)


def _task_loss(model, prompt, embeddings, targets, **how):
    x = torch.cat([prompt[None].expand(len(embeddings), -1, -1), embeddings], 1)
    return torch.nn.functional.cross_entropy(model(x)[:, len(prompt) :].transpose(1, 2), targets, **how)


def adapt__shifted_targets(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        p = prompt.detach().requires_grad_()
        x = torch.cat([p[None].expand(len(embeddings), -1, -1), embeddings], 1)
        logits = model(x)[:, len(p) - 1 : -1]
        (slope,) = torch.autograd.grad(torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets), p)
        prompt = prompt - lr * slope
    return prompt


def adapt__label_smoothing(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        p = prompt.detach().requires_grad_()
        (slope,) = torch.autograd.grad(_task_loss(model, p, embeddings, targets, label_smoothing=0.1), p)
        prompt = prompt - lr * slope
    return prompt


def adapt__adam(model, prompt, embeddings, targets, lr, steps):
    p = torch.nn.Parameter(prompt.clone())
    optimizer = torch.optim.Adam([p], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        _task_loss(model, p, embeddings, targets).backward()
        optimizer.step()
    return p.detach()


def adapt__trains_the_model(model, prompt, embeddings, targets, lr, steps):
    model.requires_grad_(True)
    p = torch.nn.Parameter(prompt.clone())
    optimizer = torch.optim.SGD([p, *model.parameters()], lr=lr)
    for _ in range(steps + 1):
        optimizer.zero_grad()
        _task_loss(model, p, embeddings, targets).backward()
        optimizer.step()
    return p.detach()


def meta_step__inner_and_outer_rates_exchanged(model, prompt, tasks, inner_lr, outer_lr, steps):
    start = prompt.clone().requires_grad_()
    total = 0
    for X, y, V, t in tasks:
        fast = start
        for _ in range(steps):
            fast = fast - outer_lr * torch.autograd.grad(_task_loss(model, fast, X, y), fast, create_graph=True)[0]
        total = total + _task_loss(model, fast, V, t) / len(tasks)
    return prompt - inner_lr * torch.autograd.grad(total, start)[0]


def meta_step__ascends(model, prompt, tasks, inner_lr, outer_lr, steps):
    start = prompt.clone().requires_grad_()
    total = 0
    for X, y, V, t in tasks:
        fast = start
        for _ in range(steps):
            fast = fast - inner_lr * torch.autograd.grad(_task_loss(model, fast, X, y), fast, create_graph=True)[0]
        total = total + _task_loss(model, fast, V, t) / len(tasks)
    return prompt + outer_lr * torch.autograd.grad(total, start)[0]


def continue_from__one_block_late(model, prompt, states, embeddings):
    x = embeddings
    for block, prefix in zip(model.blocks, [prompt, prompt, *states]):
        x = block(torch.cat([prefix.expand(len(embeddings), -1, -1), x], dim=1))[:, len(prompt) :]
    return model.unembed(x)


def continue_from__mean_of_the_prompt(model, prompt, states, embeddings):
    prompt = prompt.mean(0, keepdim=True)
    return model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))[:, 1:]


def best_hard_prompt__last_token_first(model, embedding, embeddings, targets, n_tokens):
    chosen = []
    for _ in range(n_tokens):
        losses = [_task_loss(model, embedding[[v, *chosen]], embeddings, targets).item() for v in range(len(embedding))]
        chosen.insert(0, min(range(len(losses)), key=losses.__getitem__))
    return chosen


def best_hard_prompt__first_question_alone(model, embedding, embeddings, targets, n_tokens):
    import itertools

    return min(
        itertools.product(range(len(embedding)), repeat=n_tokens),
        key=lambda tokens: float(-_task_loss(model, embedding[list(tokens)], embeddings, targets)),
    )[::-1]
