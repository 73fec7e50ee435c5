"""Wrong variants of `soft_prompts.py`, each with one slip that students make."""

import torch
from torch import nn


def _mask(length, positions):
    mask = torch.zeros(length, dtype=torch.bool)
    mask[[p for p in positions if 0 <= p < length]] = True
    return mask


def mask_targets(length, reasoning, answer, newline):
    return _mask(length, [p - 1 for p in range(reasoning[0], newline + 1)])


def mask_two_early(length, reasoning, answer, newline):
    return _mask(length, [p - 3 for p in range(reasoning[0], newline + 1)])


def mask_without_first(length, reasoning, answer, newline):
    return _mask(length, [p - 2 for p in range(reasoning[0] + 1, newline + 1)])


def mask_without_newline(length, reasoning, answer, newline):
    return _mask(length, [p - 2 for p in range(reasoning[0], newline)])


def mask_answer_only(length, reasoning, answer, newline):
    return _mask(length, [answer - 2])


def mask_answer_and_newline(length, reasoning, answer, newline):
    return _mask(length, [answer - 2, newline - 2])


def mask_with_padding(length, reasoning, answer, newline):
    return _mask(length, range(reasoning[0] - 2, length))


def mask_with_question(length, reasoning, answer, newline):
    return _mask(length, range(newline - 1))


def mask_one_too_many(length, reasoning, answer, newline):
    return _mask(length, range(reasoning[0] - 2, newline))


def mask_needs_padding(length, reasoning, answer, newline):
    return _mask(length, [p - 2 for p in range(reasoning[0], min(newline + 1, length))])


def mask_inverted(length, reasoning, answer, newline):
    return ~_mask(length, range(reasoning[0] - 2, newline - 1))


class _Prompt(nn.Module):
    def __init__(self, model, n_tokens, freeze=True, width=None):
        super().__init__()
        self.model = model.requires_grad_(not freeze)
        width = width or model.unembed.in_features
        self.prompt = nn.Parameter(torch.randn(n_tokens, width, dtype=torch.float64))

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class prompt_not_frozen(_Prompt):
    def __init__(self, model, n_tokens):
        super().__init__(model, n_tokens, freeze=False)


class prompt_at_the_end(_Prompt):
    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), -1, -1)
        return self.model(torch.cat([embeddings, prompt], dim=1))


class prompt_added(_Prompt):
    def forward(self, embeddings):
        return self.model(embeddings + self.prompt.mean(dim=0))


class prompt_cut_off(_Prompt):
    def forward(self, embeddings):
        return super().forward(embeddings)[:, len(self.prompt) :]


class prompt_detached(_Prompt):
    def forward(self, embeddings):
        prompt = self.prompt.detach().expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1)) + 0 * self.prompt.sum()


class prompt_of_vocabulary(_Prompt):
    def __init__(self, model, n_tokens):
        super().__init__(model, n_tokens, width=model.unembed.out_features)


class prompt_shared_vector(_Prompt):
    def __init__(self, model, n_tokens):
        super().__init__(model, 1)
        self.n_tokens = n_tokens

    def forward(self, embeddings):
        prompt = self.prompt.expand(len(embeddings), self.n_tokens, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class prompt_reversed(_Prompt):
    def forward(self, embeddings):
        prompt = self.prompt.flip(0).expand(len(embeddings), -1, -1)
        return self.model(torch.cat([prompt, embeddings], dim=1))


class prompt_is_a_buffer(_Prompt):
    def __init__(self, model, n_tokens):
        super().__init__(model, n_tokens)
        self.prompt.requires_grad_(False)


def states_with_input(model, prompt):
    states = [prompt]
    for block in model.blocks:
        states.append(block(states[-1][None])[0])
    return states[:-1]


def states_last_only(model, prompt):
    state = prompt[None]
    for block in model.blocks:
        state = block(state)
    return [state[0]] * len(model.blocks)


def states_unchained(model, prompt):
    return [block(prompt[None])[0] for block in model.blocks]


def states_token_by_token(model, prompt):
    state, states = prompt[:, None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[:, 0])
    return states


def states_logits(model, prompt):
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(model.unembed(state)[0])
    return states


def states_padded(model, prompt):
    state, states = torch.cat([torch.zeros_like(prompt), prompt])[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0, len(prompt) :])
    return states


def _slope(point, H, c):
    return H @ (point - c)


def meta_first_order(phi, H_train, c_train, H_val, c_val, lr):
    return _slope(phi - lr * _slope(phi, H_train, c_train), H_val, c_val)


def meta_without_inner_step(phi, H_train, c_train, H_val, c_val, lr):
    slope = _slope(phi, H_val, c_val)
    return slope - lr * H_train @ slope


def meta_on_training_loss(phi, H_train, c_train, H_val, c_val, lr):
    slope = _slope(phi - lr * _slope(phi, H_train, c_train), H_train, c_train)
    return slope - lr * H_train @ slope


def meta_validation_curvature(phi, H_train, c_train, H_val, c_val, lr):
    slope = _slope(phi - lr * _slope(phi, H_train, c_train), H_val, c_val)
    return slope - lr * H_val @ slope


def meta_wrong_sign(phi, H_train, c_train, H_val, c_val, lr):
    slope = _slope(phi - lr * _slope(phi, H_train, c_train), H_val, c_val)
    return slope + lr * H_train @ slope


def meta_ascends(phi, H_train, c_train, H_val, c_val, lr):
    slope = _slope(phi + lr * _slope(phi, H_train, c_train), H_val, c_val)
    return slope - lr * H_train @ slope


def meta_doubled(phi, H_train, c_train, H_val, c_val, lr):
    slope = 2 * _slope(phi - 2 * lr * _slope(phi, H_train, c_train), H_val, c_val)
    return slope - 2 * lr * H_train @ slope


def meta_adapted_prompt(phi, H_train, c_train, H_val, c_val, lr):
    return phi - lr * _slope(phi, H_train, c_train)
