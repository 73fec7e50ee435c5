"""Right variants of the functions in soft_prompts.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, copy, math
import numpy as np
from torch import nn
import torch.nn.functional as F


def loss_mask__uint8(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.uint8)
    m[list(range(reasoning[0] - 2, reasoning[1] - 1))] = 1
    m[answer - 2] = m[newline - 2] = 1
    return m


def loss_mask__isin(length, reasoning, answer, newline):
    return np.isin(np.arange(2, length + 2), [*range(reasoning[0], reasoning[1] + 1), answer, newline])


def loss_mask__index_put(length, reasoning, answer, newline, padding=None):
    targets = torch.cat([torch.arange(reasoning[0], reasoning[1] + 1), torch.tensor([answer, newline])])
    return torch.zeros(length).index_fill(0, targets - 2, 1).bool()


def loss_mask__tuple(length, reasoning, answer, newline):
    return tuple(float(reasoning[0] <= o + 2 <= newline) for o in range(length))


class SoftPrompt__cat_first(nn.Module):
    def __init__(self, model: nn.Module, n_tokens: int = 5, std: float = 0.5):
        super().__init__()
        for p in model.parameters():
            p.requires_grad = False
        self.embedding = nn.Embedding(n_tokens, model.unembed.weight.size(1)).double()
        self.base = model.eval()

    def forward(self, embeddings):
        n = torch.arange(self.embedding.num_embeddings)
        return self.base(torch.hstack([self.embedding(n).repeat(embeddings.size(0), 1, 1), embeddings]))


class SoftPrompt__in_place_input(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model
        [p.requires_grad_(False) for p in model.parameters()]
        self.register_parameter(
            "soft", nn.Parameter(torch.zeros(n_tokens, model.unembed.in_features, dtype=torch.float64))
        )

    def forward(self, embeddings):
        x = F.pad(embeddings, (0, 0, len(self.soft), 0))
        x[:, : len(self.soft)] += self.soft
        embeddings.zero_()
        return self.model(x)


class SoftPrompt__functional(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        object.__setattr__(self, "net", model.requires_grad_(False))
        self.p = nn.ParameterList(
            [torch.randn(model.unembed.in_features, dtype=torch.float64) for _ in range(n_tokens)]
        )

    def forward(self, embeddings):
        return torch.cat([self.net(torch.cat([torch.stack(tuple(self.p)), e])[None]) for e in embeddings])


class SoftPrompt__single(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(1, n_tokens, model.unembed.in_features))

    def forward(self, e):
        return self.model(torch.cat((self.prompt.to(e).repeat(e.shape[0], 1, 1), e), -2))


def prefix_states__tuple(model, prompt):
    import itertools

    return tuple(
        s.squeeze(0).detach().clone()
        for s in itertools.islice(
            itertools.accumulate(model.blocks, lambda x, b: b(x), initial=prompt.unsqueeze(0)), 1, None
        )
    )


def prefix_states__batched_two(model, prompt):
    x = torch.stack([prompt, prompt])
    out = []
    for b in model.blocks:
        x = b(x)
        out.append(x[1])
    return out


def prefix_states__numpy32(model, prompt):
    x, out = prompt.clone()[None], []
    with torch.inference_mode():
        for b in model.blocks:
            x = b(x)
            out.append(x.float().numpy()[0])
    return np.stack(out)


def prefix_states__full_run(model, prompt):
    seen = []
    hooks = [b.register_forward_hook(lambda m, i, o: seen.append(o[0, : len(prompt)])) for b in model.blocks]
    model(torch.cat([prompt, torch.randn(3, prompt.shape[1], dtype=prompt.dtype)])[None])
    [h.remove() for h in hooks]
    return seen


def meta_gradient__create_graph(phi, H_train, c_train, H_val, c_val, lr):
    L = lambda p, H, c: 0.5 * torch.einsum("i,ij,j", p - c, H, p - c)
    phi.requires_grad_()
    g = torch.autograd.grad(L(phi, H_train, c_train), phi, create_graph=True)[0]
    L(phi - lr * g, H_val, c_val).backward()
    return phi.grad


def meta_gradient__column(phi, H_train, c_train, H_val, c_val, lr):
    p, a, b = (t.reshape(-1, 1) for t in (phi, c_train, c_val))
    q = p - lr * H_train @ (p - a)
    return ((torch.eye(len(phi)) - lr * H_train).T @ H_val @ (q - b)).flatten().tolist()


def meta_gradient__in_place(phi, H_train, c_train, H_val, c_val, lr):
    phi.sub_(lr * (H_train @ (phi - c_train))).sub_(c_val)
    s = H_val.mv(phi)
    return s.sub_(H_train.mv(s), alpha=lr)


def meta_gradient__single(phi, H_train, c_train, H_val, c_val, lr):
    phi, H_train, c_train, H_val, c_val = (t.numpy().astype(np.float32) for t in (phi, H_train, c_train, H_val, c_val))
    s = H_val @ (phi - np.float32(lr) * H_train @ (phi - c_train) - c_val)
    return s - np.float32(lr) * H_train.T @ s
