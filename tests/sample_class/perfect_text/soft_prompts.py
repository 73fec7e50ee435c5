import itertools

import torch
from torch import nn


def loss_mask(length, reasoning, answer, newline):
    mask = torch.zeros(length, dtype=torch.bool)
    first, last = reasoning
    mask[first - 2 : newline - 1] = True  # output i (1-based) is entry i - 1 and predicts token i + 1
    return mask


class SoftPrompt(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        for p in self.model.parameters():
            p.requires_grad = False
        E = model.unembed.in_features
        self.prompt = nn.Parameter(torch.randn(n_tokens, E, dtype=torch.float64) * 0.02)

    def forward(self, embeddings):
        prompt = self.prompt.unsqueeze(0).repeat(embeddings.shape[0], 1, 1)
        return self.model(torch.cat((prompt, embeddings), dim=1))


def prefix_states(model, prompt):
    h = prompt.unsqueeze(0)
    states = []
    for block in model.blocks:
        h = block(h)
        states.append(h.squeeze(0))
    return states


def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    phi = phi.clone().requires_grad_()
    inner = 0.5 * (phi - c_train) @ H_train @ (phi - c_train)
    (g,) = torch.autograd.grad(inner, phi, create_graph=True)
    adapted = phi - lr * g
    outer = 0.5 * (adapted - c_val) @ H_val @ (adapted - c_val)
    return torch.autograd.grad(outer, phi)[0]


def task_loss(model, prompt, embeddings, targets):
    x = torch.cat([prompt.unsqueeze(0).expand(embeddings.shape[0], -1, -1), embeddings], dim=1)
    logits = model(x)[:, prompt.shape[0] :]
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


def adapt(model, prompt, embeddings, targets, lr, steps):
    prompt = prompt.clone()
    for _ in range(steps):
        prompt = prompt.detach().requires_grad_(True)
        task_loss(model, prompt, embeddings, targets).backward()
        prompt = prompt - lr * prompt.grad
    return prompt.detach()


def meta_step(model, prompt, tasks, inner_lr, outer_lr, steps):
    shared = prompt.clone().requires_grad_(True)
    total = 0.0
    for train_x, train_y, val_x, val_y in tasks:
        fast = shared
        for _ in range(steps):
            (g,) = torch.autograd.grad(task_loss(model, fast, train_x, train_y), fast, create_graph=True)
            fast = fast - inner_lr * g
        total = total + task_loss(model, fast, val_x, val_y)
    (total / len(tasks)).backward()
    return (shared - outer_lr * shared.grad).detach()


def continue_from(model, prompt, states, embeddings):
    x = embeddings
    n = prompt.shape[0]
    for before, block in zip([prompt] + states[:-1], model.blocks):
        x = block(torch.cat([before.expand(x.shape[0], -1, -1), x], dim=1))[:, n:]
    return model.unembed(x)


def best_hard_prompt(model, embedding, embeddings, targets, n_tokens):
    best = None
    for tokens in itertools.product(range(embedding.shape[0]), repeat=n_tokens):
        loss = task_loss(model, embedding[list(tokens)], embeddings, targets).item()
        if best is None or loss < best[0]:
            best = (loss, tokens)
    return torch.tensor(best[1])
