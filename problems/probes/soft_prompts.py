"""What is observed of soft prompts on a tiny causal transformer."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from containers import as_tensor
from few_examples import VOCABULARY, TinyTransformer
from torch import Tensor, nn

Student = Callable[..., Any]


def _normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _trained(module: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def _put(trained: Sequence[nn.Parameter], vectors: Tensor) -> None:
    """Write (n, E) into parameters, one after the other, in whatever shape they are kept."""
    values, start = _turned([vectors], _in_columns(trained, *vectors.shape))[0].flatten(), 0
    with torch.no_grad():
        for parameter in trained:
            stop = start + parameter.numel()
            parameter.copy_(values[start:stop].reshape(parameter.shape))
            start = stop


def _taken(tensors: Sequence[Tensor], n_tokens: int, width: int) -> Tensor:
    """What stands in tensors of the parameters' shapes, vector after vector."""
    return torch.cat([tensor.flatten() for tensor in _turned(tensors, _in_columns(tensors, n_tokens, width))])


def _in_columns(tensors: Sequence[Tensor], n_tokens: int, width: int) -> bool:
    return [tuple(tensor.shape) for tensor in tensors] == [(width, n_tokens)]


def _turned(tensors: Sequence[Tensor], in_columns: bool) -> list[Tensor]:
    return [tensor.T if in_columns else tensor for tensor in tensors]


def mask_and_gradient(
    loss_mask: Student, length: int, reasoning: Sequence[int], answer: int, newline: int, seed: int
) -> list[Tensor]:
    """The mask, and which outputs' logits have a gradient under the loss that it selects."""
    mask = as_tensor(loss_mask(length, tuple(reasoning), answer, newline))
    logits = _normal(seed, length, VOCABULARY).requires_grad_()
    tokens = torch.randint(VOCABULARY, (length + 1,), generator=torch.Generator().manual_seed(seed))
    losses = nn.functional.cross_entropy(logits, tokens[1:], reduction="none")
    (gradient,) = torch.autograd.grad(losses[mask.bool()].sum(), logits)
    return [mask, gradient.abs().sum(dim=1) > 0]


def prompted(
    SoftPrompt: Student, n_tokens: int, layers: int, width: int, batch: int, length: int, seed: int
) -> list[Any]:
    """Trained numbers, logits and the prompt's gradient, with the same prompt put into every module."""
    model = TinyTransformer(layers, width, seed)
    module = SoftPrompt(model, n_tokens)
    trained = _trained(module)
    numbers = sum(parameter.numel() for parameter in trained)
    if numbers != n_tokens * width:
        return [numbers, 0, 0]
    _put(trained, _normal(seed + 1, n_tokens, width))
    module(_normal(seed + 4, batch + 1, length + 2, width))  # another batch first, which must leave nothing behind
    logits = module(_normal(seed + 2, batch, length, width))
    gradients = torch.autograd.grad(logits.square().sum(), trained)
    return [numbers, logits, _taken(gradients, n_tokens, width)]


def who_is_trained(SoftPrompt: Student, n_tokens: int, layers: int, width: int, seed: int) -> list[int]:
    """Trained numbers of the module, and how many of the model's own parameters got a gradient."""
    model = TinyTransformer(layers, width, seed)
    module = SoftPrompt(model, n_tokens)
    module(_normal(seed + 2, 2, 3, width)).square().sum().backward()
    touched = sum(parameter.grad is not None and bool(parameter.grad.any()) for parameter in model.parameters())
    return [sum(parameter.numel() for parameter in _trained(module)), touched]


def two_tasks(SoftPrompt: Student, n_tokens: int, layers: int, width: int, seed: int) -> list[Any]:
    """Task A's prompt after a few updates of a known one, and task B's logits before and after them."""
    model = TinyTransformer(layers, width, seed)
    prompt_A, prompt_B = SoftPrompt(model, n_tokens), SoftPrompt(model, n_tokens)
    for place, module in enumerate((prompt_A, prompt_B)):
        trained = _trained(module)
        numbers = sum(parameter.numel() for parameter in trained)
        if numbers != n_tokens * width:
            return [numbers, 0, 0]
        _put(trained, _normal(seed + 3 + place, n_tokens, width))
    question = _normal(seed + 2, 2, 3, width)
    before = prompt_B(question.clone()).detach().clone()
    trained = _trained(prompt_A)
    optimizer = torch.optim.SGD(trained, lr=0.03)
    for _ in range(2):
        optimizer.zero_grad()
        prompt_A(question.clone()).square().mean().backward()
        optimizer.step()
    return [_taken([parameter.detach() for parameter in trained], n_tokens, width), before, prompt_B(question).detach()]


def states(prefix_states: Student, n_tokens: int, layers: int, width: int, seed: int) -> list[Any]:
    """The student's states for a random prompt."""
    with torch.no_grad():
        return list(prefix_states(TinyTransformer(layers, width, seed), _normal(seed + 1, n_tokens, width)))


def states_before_questions(
    prefix_states: Student, n_tokens: int, layers: int, width: int, length: int, seed: int
) -> list[Any]:
    """The student's states, and those of full runs: two questions under a causal mask, one without."""
    prompt = _normal(seed + 1, n_tokens, width)
    causal, free = TinyTransformer(layers, width, seed), TinyTransformer(layers, width, seed, causal=False)
    with torch.no_grad():
        mine = list(prefix_states(causal, prompt.clone()))
        runs = [
            _run(model, torch.cat([prompt, _normal(seed + question, length, width)]), n_tokens)
            for model, question in ((causal, 2), (causal, 3), (free, 2))
        ]
    return [mine, *runs]


def _run(model: TinyTransformer, embeddings: Tensor, n_tokens: int) -> list[Tensor]:
    """States at the first positions after each block, in a run over everything."""
    state, kept = embeddings[None], []
    for block in model.blocks:
        state = block(state)
        kept.append(state[0, :n_tokens])
    return kept


def _task(seed: int, batch: int, length: int, width: int) -> tuple[Tensor, Tensor]:
    """Embeddings and targets of one task."""
    targets = torch.randint(VOCABULARY, (batch, length), generator=torch.Generator().manual_seed(seed))
    return _normal(seed, batch, length, width), targets


def _surprising_task(model: nn.Module, seed: int, batch: int, length: int, width: int) -> tuple[Tensor, Tensor]:
    """A task whose targets are what the model holds least likely without a prompt, so that there is much to learn.

    Where a loss is all but 0 already, a step is so small that single precision does not hold it.
    """
    embeddings = _normal(seed, batch, length, width)
    with torch.no_grad():
        targets: Tensor = model(embeddings).argmin(dim=2)
    return embeddings, targets


def _frozen(layers: int, width: int, seed: int, gain: float = 1.0) -> TinyTransformer:
    """A model whose logits are `gain` times as large as usual, and so are gradients where it is wrong."""
    model = TinyTransformer(layers, width, seed).requires_grad_(False)
    model.unembed.weight.mul_(gain)
    return model


def _moved(prompt: Tensor, after: Any) -> Tensor:
    """By how much. A list keeps the precision of its numbers."""
    return as_tensor(after, dtype=prompt.dtype).detach() - prompt


def adapted(
    adapt: Student,
    n_tokens: int,
    layers: int,
    width: int,
    batch: int,
    length: int,
    lr: float,
    steps: int,
    gain: float,
    seed: int,
) -> Tensor:
    """By how much the student's adaptation moves a prompt."""
    model, prompt = _frozen(layers, width, seed, gain), _normal(seed + 1, n_tokens, width)
    embeddings, targets = _surprising_task(model, seed + 2, batch, length, width)
    after = adapt(model, prompt.clone(), embeddings, targets, lr, steps)
    return _moved(prompt, after)


def meta_stepped(
    meta_step: Student,
    n_tokens: int,
    layers: int,
    width: int,
    batch: int,
    tasks: int,
    inner_lr: float,
    outer_lr: float,
    steps: int,
    gain: float,
    seed: int,
) -> Tensor:
    """By how much the student's outer update moves a prompt, over the size of the step."""
    model, prompt = _frozen(layers, width, seed, gain), _normal(seed + 1, n_tokens, width)
    drawn = [
        (
            *_surprising_task(model, seed + 10 * task + 2, batch, 2, width),
            *_surprising_task(model, seed + 10 * task + 3, batch + 1, 3, width),
        )
        for task in range(tasks)
    ]
    after = meta_step(model, prompt.clone(), drawn, inner_lr, outer_lr, steps)
    return _moved(prompt, after) / outer_lr


def continued(
    continue_from: Student, n_tokens: int, layers: int, width: int, batch: int, length: int, seed: int
) -> list[Tensor]:
    """The student's logits behind a prefix that was run once, and the gradient of their squares for the prompt."""
    model = _frozen(layers, width, seed)
    prompt = _normal(seed + 1, n_tokens, width).requires_grad_()
    state, states = prompt[None], []
    for block in model.blocks:
        state = block(state)
        states.append(state[0])
    logits = as_tensor(continue_from(model, prompt, states, _normal(seed + 2, batch, length, width)))
    gradient = torch.zeros_like(prompt)  # what logits of which nothing remembers the prompt give
    if logits.requires_grad:
        (gradient,) = torch.autograd.grad(logits.square().sum(), prompt, materialize_grads=True)
    return [logits.detach(), gradient]


def best_hard_prompts(
    best_hard_prompt: Student, n_tokens: int, rows: int, width: int, batch: int, length: int, seed: int
) -> list[int]:
    """The numbers of the tokens that the student finds; in one layer alone their order would not matter."""
    model = _frozen(2, width, seed)
    embeddings, targets = _task(seed + 2, batch, length, width)
    # Larger vectors saturate attention: then prompts that differ have the same loss but for rounding.
    found = best_hard_prompt(model, _normal(seed + 1, rows, width), embeddings, targets, n_tokens)
    return [int(token) for token in found]
