"""Wrong variants of loops over soft prompts, each with one slip that students make."""

from itertools import permutations, product

import torch
from torch.nn.functional import cross_entropy


def _logits(model, prompt, embeddings):
    return model(torch.cat([prompt.expand(len(embeddings), -1, -1), embeddings], dim=1))


def _loss(model, prompt, embeddings, targets, reduction="mean"):
    logits = _logits(model, prompt, embeddings)[:, len(prompt) :]
    return cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction=reduction)


def _slope(model, prompt, embeddings, targets, **how):
    point = prompt.detach().requires_grad_()
    return torch.autograd.grad(_loss(model, point, embeddings, targets, **how), point)[0]


def _down(model, prompt, embeddings, targets, lr, steps, **how):
    for _ in range(steps):
        prompt = prompt - lr * _slope(model, prompt, embeddings, targets, **how)
    return prompt


def adapt_one_step(model, prompt, embeddings, targets, lr, steps):
    return _down(model, prompt, embeddings, targets, lr, 1)


def adapt_one_step_more(model, prompt, embeddings, targets, lr, steps):
    return _down(model, prompt, embeddings, targets, lr, steps + 1)


def adapt_gradient_once(model, prompt, embeddings, targets, lr, steps):
    return prompt - steps * lr * _slope(model, prompt, embeddings, targets)


def adapt_ascends(model, prompt, embeddings, targets, lr, steps):
    return _down(model, prompt, embeddings, targets, -lr, steps)


def adapt_sum(model, prompt, embeddings, targets, lr, steps):
    return _down(model, prompt, embeddings, targets, lr, steps, reduction="sum")


def adapt_first_positions(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        point = prompt.detach().requires_grad_()
        logits = _logits(model, point, embeddings)[:, : targets.shape[1]]
        (slope,) = torch.autograd.grad(cross_entropy(logits.flatten(0, 1), targets.flatten()), point)
        prompt = prompt - lr * slope
    return prompt


def adapt_first_question(model, prompt, embeddings, targets, lr, steps):
    return _down(model, prompt, embeddings[:1], targets[:1], lr, steps)


def adapt_keeps_gradients(model, prompt, embeddings, targets, lr, steps):
    gathered = torch.zeros_like(prompt)
    for _ in range(steps):
        gathered = gathered + _slope(model, prompt, embeddings, targets)
        prompt = prompt - lr * gathered
    return prompt


def _through(model, prompt, embeddings, targets, lr, steps):
    for _ in range(steps):
        loss = _loss(model, prompt, embeddings, targets)
        prompt = prompt - lr * torch.autograd.grad(loss, prompt, create_graph=True)[0]
    return prompt


def _outer(prompt, outer_lr, loss_of):
    start = prompt.clone().requires_grad_()
    return prompt - outer_lr * torch.autograd.grad(loss_of(start), start)[0]


def meta_step_first_order(model, prompt, tasks, inner_lr, outer_lr, steps):
    slopes = [_slope(model, _down(model, prompt, X, y, inner_lr, steps), V, t) for X, y, V, t in tasks]
    return prompt - outer_lr * sum(slopes) / len(slopes)


def meta_step_through_the_last(model, prompt, tasks, inner_lr, outer_lr, steps):
    slopes = []
    for X, y, V, t in tasks:
        point = _down(model, prompt, X, y, inner_lr, steps - 1).requires_grad_()
        adapted = _through(model, point, X, y, inner_lr, 1)
        slopes.append(torch.autograd.grad(_loss(model, adapted, V, t), point)[0])
    return prompt - outer_lr * sum(slopes) / len(slopes)


def meta_step_one_inner_step(model, prompt, tasks, inner_lr, outer_lr, steps):
    def loss(start):
        return sum(_loss(model, _through(model, start, X, y, inner_lr, 1), V, t) for X, y, V, t in tasks) / len(tasks)

    return _outer(prompt, outer_lr, loss)


def meta_step_sum(model, prompt, tasks, inner_lr, outer_lr, steps):
    def loss(start):
        return sum(_loss(model, _through(model, start, X, y, inner_lr, steps), V, t) for X, y, V, t in tasks)

    return _outer(prompt, outer_lr, loss)


def meta_step_last_task(model, prompt, tasks, inner_lr, outer_lr, steps):
    X, y, V, t = tasks[-1]
    return _outer(prompt, outer_lr, lambda at: _loss(model, _through(model, at, X, y, inner_lr, steps), V, t))


def meta_step_one_after_another(model, prompt, tasks, inner_lr, outer_lr, steps):
    def loss(start):
        total, point = 0, start
        for X, y, V, t in tasks:
            point = _through(model, point, X, y, inner_lr, steps)
            total = total + _loss(model, point, V, t)
        return total / len(tasks)

    return _outer(prompt, outer_lr, loss)


def meta_step_on_training_data(model, prompt, tasks, inner_lr, outer_lr, steps):
    def loss(start):
        adapted = [(_through(model, start, X, y, inner_lr, steps), X, y) for X, y, _, _ in tasks]
        return sum(_loss(model, point, X, y) for point, X, y in adapted) / len(tasks)

    return _outer(prompt, outer_lr, loss)


def meta_step_without_inner_steps(model, prompt, tasks, inner_lr, outer_lr, steps):
    return _outer(prompt, outer_lr, lambda start: sum(_loss(model, start, V, t) for _, _, V, t in tasks) / len(tasks))


def meta_step_reptile(model, prompt, tasks, inner_lr, outer_lr, steps):
    adapted = [_down(model, prompt, X, y, inner_lr, steps) for X, y, _, _ in tasks]
    return prompt + outer_lr * (sum(adapted) / len(adapted) - prompt)


def _continued(model, prefixes, embeddings):
    state = embeddings
    for block, prefix in zip(model.blocks, prefixes, strict=False):
        state = block(torch.cat([prefix.expand(len(embeddings), -1, -1), state], dim=1))[:, len(prefix) :]
    return model.unembed(state)


def continue_detached(model, prompt, states, embeddings):
    return _continued(model, [prompt, *(state.detach() for state in states)], embeddings)


def continue_states_too_early(model, prompt, states, embeddings):
    return _continued(model, states, embeddings)


def continue_prompt_in_every_layer(model, prompt, states, embeddings):
    return _continued(model, [prompt] * len(states), embeddings)


def continue_last_state(model, prompt, states, embeddings):
    return _continued(model, [prompt, *[states[-1]] * len(states)], embeddings)


def continue_without_prefix(model, prompt, states, embeddings):
    return model(embeddings) + 0 * prompt.sum()


def continue_all_positions(model, prompt, states, embeddings):
    return _logits(model, prompt, embeddings)


def continue_at_the_prompt(model, prompt, states, embeddings):
    return _logits(model, prompt, embeddings)[:, : embeddings.shape[1]]


def _best(model, prompts, embedding, embeddings, targets):
    return min(prompts, key=lambda tokens: float(_loss(model, embedding[list(tokens)], embeddings, targets)))


def hard_prompt_worst(model, embedding, embeddings, targets, n_tokens):
    prompts = product(range(len(embedding)), repeat=n_tokens)
    return max(prompts, key=lambda tokens: float(_loss(model, embedding[list(tokens)], embeddings, targets)))


def hard_prompt_repeated(model, embedding, embeddings, targets, n_tokens):
    return _best(model, [(token,) * n_tokens for token in range(len(embedding))], embedding, embeddings, targets)


def hard_prompt_of_different_tokens(model, embedding, embeddings, targets, n_tokens):
    return _best(model, permutations(range(len(embedding)), n_tokens), embedding, embeddings, targets)


def hard_prompt_greedy(model, embedding, embeddings, targets, n_tokens):
    chosen = ()
    for _ in range(n_tokens):
        chosen = _best(model, [(*chosen, v) for v in range(len(embedding))], embedding, embeddings, targets)
    return chosen


def hard_prompt_rounded(model, embedding, embeddings, targets, n_tokens):
    soft = _down(model, embedding[:n_tokens], embeddings, targets, 0.5, 20)
    return torch.cdist(soft, embedding).argmin(dim=1)
