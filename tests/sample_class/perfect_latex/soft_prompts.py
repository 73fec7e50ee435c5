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


def nll(model, phi, X, y):
    """Mean cross-entropy at the questions' positions, from log-probabilities."""
    logits = model(torch.cat([phi.repeat(len(X), 1, 1), X], dim=1))[:, -X.shape[1] :]
    return -torch.log_softmax(logits, -1).gather(-1, y.unsqueeze(-1)).mean()


def adapt(model, prompt, embeddings, targets, lr, steps):
    phi = torch.nn.Parameter(prompt.clone())
    opt = torch.optim.SGD([phi], lr=lr)
    for _ in range(steps):
        opt.zero_grad()
        nll(model, phi, embeddings, targets).backward()
        opt.step()
    return phi.data


def meta_step(model, prompt, tasks, inner_lr, outer_lr, steps):
    def outer(phi):
        losses = []
        for X, y, X_val, y_val in tasks:
            phi_i = phi
            for _ in range(steps):
                phi_i = phi_i - inner_lr * torch.func.grad(lambda p: nll(model, p, X, y))(phi_i)
            losses.append(nll(model, phi_i, X_val, y_val))
        return sum(losses) / len(losses)

    return prompt - outer_lr * torch.func.grad(outer)(prompt)


def continue_from(model, prompt, states, embeddings):
    # causal: everything at once gives the same as continuing behind the states
    return model(torch.cat([prompt.repeat(len(embeddings), 1, 1), embeddings], dim=1))[:, len(prompt) :]


def best_hard_prompt(model, embedding, embeddings, targets, n_tokens):
    def grow(prefix):
        if len(prefix) == n_tokens:
            return nll(model, embedding[prefix], embeddings, targets).item(), prefix
        return min(grow([*prefix, v]) for v in range(len(embedding)))

    return grow([])[1]
