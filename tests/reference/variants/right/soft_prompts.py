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


class SoftPrompt__embedding(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        for p in model.parameters():
            p.requires_grad = False
        self.model = model
        self.prompt = nn.Embedding(n_tokens, model.unembed.weight.shape[1], dtype=torch.float64)
        self.register_buffer("places", torch.arange(n_tokens))

    def forward(self, embeddings):
        prompt = self.prompt(self.places).repeat(embeddings.shape[0], 1, 1)
        return self.model(torch.cat((prompt, embeddings), 1))


class SoftPrompt__parameter_each(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.eval().requires_grad_(False)
        width = model.unembed.in_features
        self.vectors = nn.ParameterList(
            [nn.Parameter(torch.zeros(width, dtype=torch.float64)) for _ in range(n_tokens)]
        )

    def forward(self, embeddings):
        prompt = torch.stack([v for v in self.vectors])[None].expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__batched_parameter(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.soft = nn.Parameter(
            torch.empty(1, n_tokens, model.unembed.in_features, dtype=torch.double).uniform_(-0.5, 0.5)
        )

    def forward(self, embeddings):
        b, s, e = embeddings.shape
        out = torch.empty(b, self.soft.shape[1] + s, e, dtype=embeddings.dtype)
        out[:, : self.soft.shape[1]] = self.soft
        out[:, self.soft.shape[1] :] = embeddings
        return self.model(out)


class SoftPrompt__copy_of_model(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        model.requires_grad_(False)
        self.model = copy.deepcopy(model)
        self.prompt = nn.Parameter(0.01 * torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        return self.model(torch.cat([self.prompt[None].expand(len(embeddings), *self.prompt.shape), embeddings], dim=1))


class SoftPrompt__blocks_by_hand(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.net = model.requires_grad_(False)
        self.p = nn.Parameter(torch.ones(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        state = torch.cat([self.p.unsqueeze(0).repeat_interleave(len(embeddings), dim=0), embeddings], dim=1)
        for block in self.net.blocks:
            state = block(state)
        return self.net.unembed(state)


def loss_mask__list_of_bools(length, reasoning, answer, newline):
    learnt = {*range(reasoning[0], reasoning[1] + 1), answer, newline}
    return [token + 1 in learnt for token in range(1, length + 1)]


def loss_mask__scatter(length, reasoning, answer, newline):
    return torch.zeros(length).scatter(0, torch.tensor([*range(reasoning[0] - 2, newline - 1)]), 1.0).bool()


def loss_mask__cat(length, reasoning, answer, newline):
    before, learnt = reasoning[0] - 2, newline - reasoning[0] + 1
    return torch.cat([torch.zeros(before), torch.ones(learnt), torch.zeros(length - before - learnt)]) == 1


def prefix_states__hooks(model, prompt):
    kept = []
    handles = [block.register_forward_hook(lambda module, given, out: kept.append(out[0])) for block in model.blocks]
    model(prompt.unsqueeze(0))
    for handle in handles:
        handle.remove()
    return kept


def prefix_states__generator(model, prompt):
    def states(state):
        for block in model.blocks:
            state = block(state)
            yield state.squeeze(0).detach().numpy()

    return list(states(prompt[None]))


def prefix_states__accumulate(model, prompt):
    from itertools import accumulate

    return [s[0] for s in accumulate(model.blocks, lambda state, block: block(state), initial=prompt[None])][1:]


def meta_gradient__autograd(phi, H_train, c_train, H_val, c_val, lr):
    phi = phi.detach().clone().requires_grad_(True)
    inner_loss = 0.5 * (phi - c_train) @ H_train @ (phi - c_train)
    (g,) = torch.autograd.grad(inner_loss, phi, create_graph=True)
    adapted = phi - lr * g
    (0.5 * (adapted - c_val) @ H_val @ (adapted - c_val)).backward()
    return phi.grad


def meta_gradient__expanded(phi, H_train, c_train, H_val, c_val, lr):
    v = H_val @ (phi - lr * H_train @ (phi - c_train) - c_val)
    return v - lr * (H_train @ v)


def meta_gradient__finite(phi, H_train, c_train, H_val, c_val, lr):
    n = len(phi)
    M = torch.eye(n, dtype=phi.dtype) - lr * H_train
    return torch.tensor([float(row @ (H_val @ (M @ phi + lr * H_train @ c_train - c_val))) for row in M])


def _task_loss(model, prompt, embeddings, targets):
    x = torch.cat([prompt[None].expand(len(embeddings), -1, -1), embeddings], 1)
    return torch.nn.functional.cross_entropy(model(x)[:, len(prompt) :].transpose(1, 2), targets)


def adapt__backward_and_data(model, prompt, embeddings, targets, lr, steps):
    p = prompt.clone().requires_grad_(True)
    for _ in range(steps):
        p.grad = None
        _task_loss(model, p, embeddings, targets).backward()
        with torch.no_grad():
            p -= lr * p.grad
    return p.detach().numpy()


def adapt__jacobian(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        slope = torch.autograd.functional.jacobian(lambda at: _task_loss(model, at, embeddings, targets), prompt)
        prompt = prompt - lr * slope
    return prompt


def meta_step__adam_free_module(model, prompt, tasks, inner_lr, outer_lr, steps):
    shared = torch.nn.Parameter(prompt.clone())
    optimizer = torch.optim.SGD([shared], lr=outer_lr)
    optimizer.zero_grad()
    losses = []
    for X, y, V, t in tasks:
        fast = shared * 1.0
        for _ in range(steps):
            fast = fast - inner_lr * torch.autograd.grad(_task_loss(model, fast, X, y), fast, create_graph=True)[0]
        losses.append(_task_loss(model, fast, V, t))
    torch.stack(losses).mean().backward()
    optimizer.step()
    return shared.data


def meta_step__vjp(model, prompt, tasks, inner_lr, outer_lr, steps):
    total = 0
    for X, y, V, t in tasks:

        def step(at, X=X, y=y):
            return at - inner_lr * torch.func.grad(lambda p: _task_loss(model, p, X, y))(at)

        point, back = prompt, []
        for _ in range(steps):
            point, pull = torch.func.vjp(step, point)
            back.append(pull)
        v = torch.func.grad(lambda p, V=V, t=t: _task_loss(model, p, V, t))(point)
        for pull in reversed(back):
            (v,) = pull(v)
        total = total + v
    return prompt - outer_lr * total / len(tasks)


def continue_from__keeps_the_prefix_beside(model, prompt, states, embeddings):
    batch = embeddings.shape[0]
    x = torch.cat([prompt.expand(batch, -1, -1), embeddings], dim=1)
    for block, after in zip(model.blocks, states):
        x = torch.cat([after.expand(batch, -1, -1), block(x)[:, prompt.shape[0] :]], dim=1)
    return model.unembed(x[:, prompt.shape[0] :])


def best_hard_prompt__cartesian(model, embedding, embeddings, targets, n_tokens):
    import numpy as np

    grid = np.indices([len(embedding)] * n_tokens).reshape(n_tokens, -1).T
    losses = [_task_loss(model, embedding[torch.as_tensor(row)], embeddings, targets).item() for row in grid]
    return grid[int(np.argmin(losses))]
