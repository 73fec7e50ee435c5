"""Numbers of another kind than is asked for, which are right if half of them is left out."""

import torch
from torch.nn import functional


def adapt__complex(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        prompt = prompt.detach().requires_grad_()
        logits = model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))[:, len(prompt) :]
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        prompt = prompt - lr * torch.autograd.grad(loss, prompt)[0]
    return prompt.detach() * (1 + 2j)
