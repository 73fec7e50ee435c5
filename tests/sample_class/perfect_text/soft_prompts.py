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
