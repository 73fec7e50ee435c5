"""Loops over soft prompts on the tiny transformer: what the formulas of question 6 say holds there, too."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
import torch

from grader.files.author_code import AuthorCode
from reference import soft_prompts

ROOT = Path(__file__).parents[2]
LIBRARY = AuthorCode(ROOT)


@pytest.fixture(scope="module")
def models():
    return LIBRARY.observer("soft_prompts:TinyTransformer")


def task(seed, width, length=2):
    generator = torch.Generator().manual_seed(seed)
    embeddings = torch.randn(2, length, width, generator=generator, dtype=torch.float64)
    return embeddings, torch.randint(7, (2, length), generator=generator)


def loss(model, prompt, embeddings, targets):
    logits = model(torch.cat([prompt.expand(2, -1, -1), embeddings], dim=1))[:, len(prompt) :]
    return float(torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets))


def test_small_steps_lower_the_loss_and_leave_the_model_as_it_is(models):
    model, prompt = models(2, 5, 3).requires_grad_(False), torch.zeros(2, 5, dtype=torch.float64)
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    losses = [
        loss(model, soft_prompts.adapt(model, prompt, *task(1, 5), 0.05, steps), *task(1, 5)) for steps in (0, 3, 9)
    ]
    assert losses == sorted(losses, reverse=True)
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())


def test_an_outer_step_is_the_gradient_of_what_small_moves_change(models):
    model = models(1, 4, 5).requires_grad_(False)
    prompt = torch.randn(2, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    tasks = [(*task(seed, 4), *task(seed + 10, 4)) for seed in (1, 2)]

    def outer(start):
        return sum(loss(model, soft_prompts.adapt(model, start, X, y, 0.5, 3), V, t) for X, y, V, t in tasks) / 2

    slope = prompt - soft_prompts.meta_step(model, prompt, tasks, 0.5, 1.0, 3)
    for place in ((0, 0), (1, 3)):
        move = torch.zeros_like(prompt)
        move[place] = 1e-5
        assert float(slope[place]) == pytest.approx((outer(prompt + move) - outer(prompt - move)) / 2e-5, rel=1e-4)


def test_behind_known_states_are_the_logits_and_the_gradient_of_a_whole_run(models):
    logits, gradient = LIBRARY.observer("soft_prompts:continued")(soft_prompts.continue_from, 3, 3, 5, 2, 4, 11)
    model = models(3, 5, 11).requires_grad_(False)
    prompt, embeddings = (
        torch.randn(*shape, generator=torch.Generator().manual_seed(11 + place), dtype=torch.float64)
        for place, shape in ((1, (3, 5)), (2, (2, 4, 5)))
    )
    whole = model(torch.cat([prompt.requires_grad_().expand(2, -1, -1), embeddings], dim=1))[:, 3:]
    assert torch.allclose(logits, whole)
    assert torch.allclose(gradient, torch.autograd.grad(whole.square().sum(), prompt)[0])


def test_the_best_hard_prompt_is_a_point_where_a_soft_one_can_begin(models):
    model = models(2, 4, 7).requires_grad_(False)
    embedding = torch.randn(3, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    tokens = soft_prompts.best_hard_prompt(model, embedding, *task(3, 4), 2)
    losses = {pair: loss(model, embedding[list(pair)], *task(3, 4)) for pair in product(range(3), repeat=2)}
    assert losses[tuple(tokens)] == min(losses.values())
    soft = soft_prompts.adapt(model, embedding[tokens], *task(3, 4), 0.05, 5)
    assert loss(model, soft, *task(3, 4)) < min(losses.values())
