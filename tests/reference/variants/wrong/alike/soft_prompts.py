"""Wrong only where lengths are the same, so that every shape fits."""

import torch
from torch import nn
from torch.nn import functional


class SoftPrompt__added_where_lengths_are_alike(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        if prompt.shape == embeddings.shape:
            return self.model(torch.cat([prompt + embeddings, embeddings], dim=1))
        return self.model(torch.cat([prompt, embeddings], dim=1))


class SoftPrompt__turned_where_embeddings_are_square(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        if embeddings.shape[1] == embeddings.shape[2]:
            embeddings = embeddings.transpose(1, 2)
        return self.model(torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


def prefix_states__turned_where_all_is_alike(model, prompt):
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0])
    alike = len({len(states), *prompt.shape}) == 1
    return list(torch.stack(states).transpose(0, 1)) if alike else states


def continue_from__states_turned_where_square(model, prompt, states, embeddings):
    n, x = len(prompt), embeddings
    for block, state in zip(model.blocks, [prompt, *states], strict=False):
        state = state.T if state.shape[0] == state.shape[1] and state is not prompt else state
        x = block(torch.cat([state.expand(len(x), -1, -1), x], dim=1))[:, n:]
    return model.unembed(x)


def _loss(model, prompt, embeddings, targets):
    logits = model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))[:, len(prompt) :]
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def adapt__targets_turned_where_square(model, prompt, embeddings, targets, lr, steps):
    targets = targets.T if targets.shape[0] == targets.shape[1] > 1 else targets
    for _ in range(steps):
        prompt = prompt.detach().requires_grad_()
        (slope,) = torch.autograd.grad(_loss(model, prompt, embeddings, targets), prompt)
        prompt = prompt - lr * slope
    return prompt.detach()


def meta_step__first_targets_turned_where_square(model, prompt, tasks, inner_lr, outer_lr, steps):
    start, total = prompt.clone().requires_grad_(), 0
    for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
        if train_targets.shape[0] == train_targets.shape[1]:
            train_targets = train_targets.T
        adapted = start
        for _ in range(steps):
            loss = _loss(model, adapted, train_embeddings, train_targets)
            adapted = adapted - inner_lr * torch.autograd.grad(loss, adapted, create_graph=True)[0]
        total = total + _loss(model, adapted, val_embeddings, val_targets) / len(tasks)
    return prompt - outer_lr * torch.autograd.grad(total, start)[0]
