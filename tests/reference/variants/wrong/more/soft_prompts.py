"""Wrong variants of the functions in soft_prompts.py, as FUNCTION__VARIANT: at the ends of what is asked, and in odd containers."""

import torch, copy, math
import numpy as np
from torch import nn


def _w(a, b, n):
    m = torch.zeros(n, dtype=torch.bool)
    m[a:b] = True
    return m


def loss_mask__at_most_100(length, reasoning, answer, newline):
    m = _w(reasoning[0] - 2, newline - 1, length)
    m[100:] = False
    return m


def loss_mask__crashes_at_two(length, reasoning, answer, newline):
    return _w(reasoning[0] - 2 or 1, newline - 1, length)


def loss_mask__without_answer_if_one(length, reasoning, answer, newline):
    m = _w(reasoning[0] - 2, newline - 1, length)
    if reasoning[0] == reasoning[1]:
        m[answer - 2] = False
    return m


def loss_mask__one_longer(length, reasoning, answer, newline):
    return _w(reasoning[0] - 2, newline - 1, length + 1)


def loss_mask__shorter(length, reasoning, answer, newline):
    return _w(reasoning[0] - 2, newline - 1, length - 1)


def loss_mask__weights(length, reasoning, answer, newline):
    return _w(reasoning[0] - 2, newline - 1, length).double() / (newline - reasoning[0] + 1)


def loss_mask__inverted(length, reasoning, answer, newline):
    return ~_w(reasoning[0] - 2, newline - 1, length)


def loss_mask__negative_wrap(length, reasoning, answer, newline):
    m = torch.zeros(length, dtype=torch.bool)
    for t in range(reasoning[0], newline + 1):
        m[t - 2 - (length > 90)] = True
    return m


def loss_mask__as_row(length, reasoning, answer, newline):
    return _w(reasoning[0] - 2, newline - 1, length)[None]


class _Base(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, model.unembed.in_features, dtype=torch.float64))

    def cat(self, e):
        return torch.cat([self.prompt.expand(len(e), -1, -1), e], 1)


class SoftPrompt__six_wide(nn.Module):
    def __init__(self, model, n_tokens):
        super().__init__()
        self.model = model.requires_grad_(False)
        self.prompt = nn.Parameter(torch.randn(n_tokens, 6, dtype=torch.float64))

    def forward(self, e):
        return self.model(torch.cat([self.prompt.expand(len(e), -1, -1), e], 1))


class SoftPrompt__four_tokens(_Base):
    def forward(self, e):
        return self.model(
            torch.cat([torch.cat([self.prompt[:4], self.prompt[4:].detach()]).expand(len(e), -1, -1), e], 1)
        )


class SoftPrompt__cuts_prompt(_Base):
    def forward(self, e):
        return self.model(self.cat(e))[:, len(self.prompt) :]


class SoftPrompt__appends(_Base):
    def forward(self, e):
        return self.model(torch.cat([e, self.prompt.expand(len(e), -1, -1)], 1))


class SoftPrompt__two_blocks(_Base):
    def forward(self, e):
        x = self.cat(e)
        for b in list(self.model.blocks)[:2]:
            x = b(x)
        return self.model.unembed(x)


class SoftPrompt__softmaxed(_Base):
    def forward(self, e):
        return self.model(self.cat(e)).log_softmax(-1)


class SoftPrompt__tanh(_Base):
    def forward(self, e):
        return self.model(torch.cat([(self.prompt * 0.01).tanh().expand(len(e), -1, -1) * 100, e], 1))


class SoftPrompt__unfreezes_in_forward(_Base):
    def forward(self, e):
        self.model.requires_grad_(True)
        return self.model(self.cat(e))


class SoftPrompt__half_prompt(_Base):
    def forward(self, e):
        return self.model(torch.cat([self.prompt.bfloat16().double().expand(len(e), -1, -1), e], 1))


class SoftPrompt__updates_model(_Base):
    def forward(self, e):
        with torch.no_grad():
            self.model.unembed.weight *= 1.001
        return self.model(self.cat(e))


class SoftPrompt__no_grad_model(_Base):
    def forward(self, e):
        with torch.no_grad():
            y = self.model(self.cat(e))
        return y + 0 * self.prompt.sum()


class SoftPrompt__deep_prompts(_Base):
    def forward(self, e):
        x = self.cat(e)
        n = len(self.prompt)
        for b in self.model.blocks:
            x = b(torch.cat([self.prompt.expand(len(e), -1, -1), x[:, n:]], 1))
        return self.model.unembed(x)


def _run(model, x):
    out = []
    for b in model.blocks:
        x = b(x)
        out.append(x[0])
    return out


def prefix_states__three_blocks(model, prompt):
    return (_run(model, prompt[None])[:3] + [prompt] * 4)[: len(model.blocks)]


def prefix_states__five_tokens(model, prompt):
    return _run(model, prompt[None][:, :5])


def prefix_states__with_embedding(model, prompt):
    return [prompt, *_run(model, prompt[None])]


def prefix_states__tokens_alone(model, prompt):
    return [torch.cat([_run(model, p[None, None])[i] for p in prompt]) for i in range(len(model.blocks))]


def prefix_states__deltas(model, prompt):
    s = [prompt, *_run(model, prompt[None])]
    return [b - a for a, b in zip(s, s[1:])]


def prefix_states__logits(model, prompt):
    return [model.unembed(s) for s in _run(model, prompt[None])]


def prefix_states__padded(model, prompt):
    return [
        s[: len(prompt)]
        for s in _run(model, torch.cat([torch.zeros(1, 1, prompt.shape[1], dtype=prompt.dtype), prompt[None]], 1))
    ]


def prefix_states__single_as_vector(model, prompt):
    return [s.squeeze() for s in _run(model, prompt[None])]


def prefix_states__last_block_first_if_one(model, prompt):
    return _run(model, prompt[None]) if len(prompt) > 1 else [prompt] * len(model.blocks)


def _mg(phi, Ht, ct, Hv, cv, lr):
    a = phi - lr * Ht @ (phi - ct)
    s = Hv @ (a - cv)
    return s - lr * Ht @ s


def meta_gradient__five_at_most(phi, H_train, c_train, H_val, c_val, lr):
    g = _mg(phi, H_train, c_train, H_val, c_val, lr)
    g[5:] = 0
    return g


def meta_gradient__number_for_one(phi, H_train, c_train, H_val, c_val, lr):
    return _mg(phi, H_train, c_train, H_val, c_val, lr).squeeze()


def meta_gradient__lr_at_most(phi, H_train, c_train, H_val, c_val, lr):
    return _mg(phi, H_train, c_train, H_val, c_val, min(lr, 0.3))


def meta_gradient__shared_H(phi, H_train, c_train, H_val, c_val, lr):
    H = (H_train + H_val) / 2
    return _mg(phi, H, c_train, H, c_val, lr)


def meta_gradient__validation_jacobian(phi, H_train, c_train, H_val, c_val, lr):
    a = phi - lr * H_train @ (phi - c_train)
    return H_val @ (a - lr * H_train @ a - c_val)


def meta_gradient__absolute_H(phi, H_train, c_train, H_val, c_val, lr):
    return _mg(phi, H_train.abs(), c_train, H_val, c_val, lr)


def meta_gradient__commuted(phi, H_train, c_train, H_val, c_val, lr):
    a = phi - lr * H_train @ (phi - c_train)
    return H_val @ (a - c_val) - lr * H_val @ H_train @ (a - c_val)


def meta_gradient__per_n(phi, H_train, c_train, H_val, c_val, lr):
    return _mg(phi, H_train, c_train, H_val, c_val, lr) / max(1, len(phi) - 3)


def meta_gradient__rounded(phi, H_train, c_train, H_val, c_val, lr):
    return _mg(phi, H_train, c_train, H_val, c_val, lr).round(decimals=7)
