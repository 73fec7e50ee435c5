"""Wrong only for a single block or a single prompt token."""

import torch
from torch import nn
from torch.nn import functional


def continue_from__at_least_two_blocks(model, prompt, states, embeddings):
    n, x, blocks = len(prompt), embeddings, list(model.blocks)
    for block, state in zip(blocks if len(blocks) > 1 else blocks * 2, [prompt, *states], strict=False):
        x = block(torch.cat([state.expand(len(x), -1, -1), x], dim=1))[:, n:]
    return model.unembed(x)


class SoftPrompt__one_token_is_a_constant(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = self.prompt if len(self.prompt) > 1 else self.prompt.detach() + 0 * self.prompt
        return self.model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


def meta_step__first_order_for_one_token(model, prompt, tasks, inner_lr, outer_lr, steps):
    def loss(point, embeddings, targets):
        logits = model(torch.cat([point.expand(len(embeddings), -1, -1), embeddings], dim=1))[:, len(point) :]
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    start, total = prompt.clone().requires_grad_(), 0
    for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
        point = start
        for _ in range(steps):
            slope = torch.autograd.grad(loss(point, train_embeddings, train_targets), point, create_graph=True)[0]
            point = point - inner_lr * (slope.detach() if len(prompt) == 1 else slope)
        total = total + loss(point, val_embeddings, val_targets) / len(tasks)
    return prompt - outer_lr * torch.autograd.grad(total, start)[0]
