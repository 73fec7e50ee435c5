"""Right variants of loops over soft prompts (adaptation, its outer update, reused prefixes, hard prompts)."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Task = tuple[Tensor, Tensor, Tensor, Tensor]


def _loss(model: Any, prompt: Tensor, embeddings: Tensor, targets: Tensor) -> Tensor:
    rows = torch.cat([prompt[None].repeat(embeddings.shape[0], 1, 1), embeddings], dim=1)
    shares: Tensor = model(rows)[:, -embeddings.shape[1] :].log_softmax(dim=-1)
    return -shares.gather(2, targets[..., None]).mean()


def _slope(model: Any, embeddings: Tensor, targets: Tensor, at: Tensor) -> Tensor:
    found: Tensor = torch.func.grad(lambda point: _loss(model, point, embeddings, targets))(at)
    return found


def adapt_by_optimizer(
    model: Any, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int
) -> Tensor:
    """With torch's own SGD on a parameter."""
    trained = nn.Parameter(prompt.clone())
    optimizer = torch.optim.SGD([trained], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        _loss(model, trained, embeddings, targets).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return trained


def adapt_by_functional_gradient(
    model: Any, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int
) -> Tensor:
    """With `torch.func.grad`, which needs no leaves."""
    for _ in range(steps):
        prompt = prompt - lr * _slope(model, embeddings, targets, prompt)
    return prompt


def adapt_question_by_question(
    model: Any, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int
) -> Any:
    """Each question of the batch by itself, through torch's module of the loss; a list of lists."""
    criterion = nn.CrossEntropyLoss()
    for _ in range(steps):
        point = prompt.detach().requires_grad_()
        losses = [
            criterion(model(torch.cat([point, question])[None])[0, len(point) :], wanted)
            for question, wanted in zip(embeddings, targets, strict=True)
        ]
        (slope,) = torch.autograd.grad(torch.stack(losses).mean(), point)
        prompt = point.detach() - lr * slope
    return prompt.tolist()


def meta_step_by_functional_gradient(
    model: Any, prompt: Tensor, tasks: Sequence[Task], inner_lr: float, outer_lr: float, steps: int
) -> Tensor:
    """The whole of MAML as a function of the prompt, differentiated at once."""

    def outer(start: Tensor) -> Tensor:
        losses = []
        for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
            point = adapt_by_functional_gradient(model, start, train_embeddings, train_targets, inner_lr, steps)
            losses.append(_loss(model, point, val_embeddings, val_targets))
        return torch.stack(losses).sum() / len(tasks)

    slope: Tensor = torch.func.grad(outer)(prompt)
    return prompt - outer_lr * slope


def meta_step_task_by_task(
    model: Any, prompt: Tensor, tasks: Sequence[Task], inner_lr: float, outer_lr: float, steps: int
) -> Tensor:
    """Gradients of the tasks added up in `.grad`, as training loops do."""
    start = nn.Parameter(prompt.clone())
    for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
        point: Tensor = start
        for _ in range(steps):
            loss = _loss(model, point, train_embeddings, train_targets)
            point = point - inner_lr * torch.autograd.grad(loss, point, create_graph=True)[0]
        (_loss(model, point, val_embeddings, val_targets) / len(tasks)).backward()  # type: ignore[no-untyped-call]
    assert start.grad is not None
    return (start - outer_lr * start.grad).detach()


def meta_step_backwards(
    model: Any, prompt: Tensor, tasks: Sequence[Task], inner_lr: float, outer_lr: float, steps: int
) -> Tensor:
    """The chain rule by hand, from the last inner step to the first: v becomes v - lr H v."""
    total = torch.zeros_like(prompt)
    for train_embeddings, train_targets, val_embeddings, val_targets in tasks:
        points, slopes = [prompt.clone().requires_grad_()], []
        for _ in range(steps):
            loss = _loss(model, points[-1], train_embeddings, train_targets)
            (slope,) = torch.autograd.grad(loss, points[-1], create_graph=True)
            slopes.append(slope)
            points.append((points[-1] - inner_lr * slope).detach().requires_grad_())
        (v,) = torch.autograd.grad(_loss(model, points[-1], val_embeddings, val_targets), points[-1])
        for point, slope in zip(points[-2::-1], slopes[::-1], strict=True):
            (curved,) = torch.autograd.grad(slope, point, grad_outputs=v)
            v = v - inner_lr * curved
        total += v / len(tasks)
    return prompt - outer_lr * total


def continue_by_a_whole_run(model: Any, prompt: Tensor, states: Sequence[Tensor], embeddings: Tensor) -> Tensor:
    """All of it once more, which a causal mask makes the same."""
    rows = torch.cat([prompt.expand(len(embeddings), *prompt.shape), embeddings], dim=1)
    logits: Tensor = model(rows)[:, len(prompt) :]
    return logits


def continue_question_by_question(model: Any, prompt: Tensor, states: Sequence[Tensor], embeddings: Tensor) -> Tensor:
    """Each question behind the states by itself."""
    answers = []
    for question in embeddings:
        x = question
        for block, prefix in zip(model.blocks, [prompt, *states[:-1]], strict=True):
            x = block(torch.vstack([prefix, x])[None])[0][prefix.shape[0] :]
        answers.append(model.unembed(x))
    return torch.stack(answers)


def continue_by_stacked_states(model: Any, prompt: Tensor, states: Sequence[Tensor], embeddings: Tensor) -> Tensor:
    """All prefixes in one tensor, and the unembedding as a product."""
    prefixes = torch.stack([prompt, *states])[:, None].expand(-1, embeddings.shape[0], -1, -1)
    x = embeddings
    for place, block in enumerate(model.blocks):
        x = block(torch.cat((prefixes[place], x), 1)).narrow(1, prompt.shape[0], embeddings.shape[1])
    logits: Tensor = x @ model.unembed.weight.T
    return logits


def hard_prompt_by_counting(
    model: Any, embedding: Tensor, embeddings: Tensor, targets: Tensor, n_tokens: int
) -> list[int]:
    """The digits of every number below V to the power of n."""
    best, chosen = float("inf"), [0] * n_tokens
    for number in range(len(embedding) ** n_tokens):
        tokens = [number // len(embedding) ** place % len(embedding) for place in range(n_tokens)]
        loss = _loss(model, embedding[tokens], embeddings, targets).item()
        if loss < best:
            best, chosen = loss, tokens
    return chosen


def hard_prompt_in_a_table(model: Any, embedding: Tensor, embeddings: Tensor, targets: Tensor, n_tokens: int) -> Tensor:
    """All losses first, then the place of the smallest."""
    prompts = torch.cartesian_prod(*[torch.arange(len(embedding))] * n_tokens).reshape(-1, n_tokens)
    losses = torch.stack([_loss(model, embedding[tokens], embeddings, targets) for tokens in prompts])
    return prompts[losses.argmin()]


def hard_prompt_by_recursion(
    model: Any, embedding: Tensor, embeddings: Tensor, targets: Tensor, n_tokens: int
) -> tuple[int, ...]:
    """Token by token, through sorted pairs of loss and tokens."""

    def prompts(length: int) -> Iterator[tuple[int, ...]]:
        if length == 0:
            yield ()
        else:
            yield from ((*head, token) for head in prompts(length - 1) for token in range(len(embedding)))

    chosen = sorted((float(_loss(model, embedding[list(p)], embeddings, targets)), p) for p in prompts(n_tokens))
    return chosen[0][1]


def continue_as_a_list(model: Any, prompt: Tensor, states: Sequence[Tensor], embeddings: Tensor) -> list[Tensor]:
    """One question after the other, their logits in a list."""
    return list(continue_by_stacked_states(model, prompt, states, embeddings))


def adapt_as_a_list(
    model: Any, prompt: Tensor, embeddings: Tensor, targets: Tensor, lr: float, steps: int
) -> list[Tensor]:
    """One vector after the other, in a list."""
    return list(adapt_by_functional_gradient(model, prompt, embeddings, targets, lr, steps))
