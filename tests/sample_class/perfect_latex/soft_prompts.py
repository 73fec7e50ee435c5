import numpy as np
import torch
from torch import nn


def loss_mask(length, reasoning, answer, newline):
    targets = set(range(reasoning[0], reasoning[1] + 1)) | {answer, newline}
    return np.array([output + 1 in targets for output in range(1, length + 1)])


class SoftPrompt(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        model.eval()
        self._model = [model.requires_grad_(False)]  # not a submodule: only the prompt shows up in parameters()
        self.vectors = nn.Parameter(torch.zeros(1, n_tokens, model.unembed.in_features, dtype=torch.float64).normal_())

    def forward(self, embeddings):
        batch = embeddings.size(0)
        return self._model[0](torch.cat([self.vectors.expand(batch, -1, -1), embeddings], 1))


def prefix_states(model, prompt):
    found = []
    hooks = [block.register_forward_hook(lambda m, i, o: found.append(o[0])) for block in model.blocks]
    model(prompt[None])
    for hook in hooks:
        hook.remove()
    return found


def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    J = torch.eye(len(phi), dtype=phi.dtype) - lr * H_train
    phi_i = phi - lr * torch.einsum("ij,j->i", H_train, phi - c_train)
    return torch.einsum("ij,jk,k->i", J, H_val, phi_i - c_val)
