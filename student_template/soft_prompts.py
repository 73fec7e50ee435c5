"""soft_prompts: replace each `raise NotImplementedError` by your code."""

import torch


# q6a · Which outputs enter the loss
# The model shall learn to write the reasoning, the answer and the newline, and nothing else. Which
# **outputs** enter the loss?
def loss_mask(length, reasoning, answer, newline):
    """Which outputs enter the loss, for any such sequence.

    length: number of tokens. reasoning: (first, last) token of the reasoning; at least one token stands
    before it, and the answer and the newline follow it directly; the newline may be the last token. All
    tokens are counted from 1. Returns bool (length,): the first entry belongs to output 1.

    Returns: mask
    """
    raise NotImplementedError


# q6b · Trainable parameters
# The GPT has vocabulary $V$, embedding size $E$, hidden size $H$, $L$ layers, at most $S$ positions and $D$
# numbers in all. How many numbers does training the soft prompt of 5 tokens change?
class SoftPrompt(torch.nn.Module):
    """A frozen model behind n_tokens trainable vectors.

    model(embeddings (batch, seq, E)) -> logits (batch, seq, V) is handed in; it has `blocks` (a ModuleList,
    each (batch, seq, E) -> (batch, seq, E)), `unembed` (a Linear(E, V) without bias) and `causal` (a bool),
    and works in float64. The module freezes it; its own parameters are the vectors alone. forward(embeddings
    (batch, seq, E)) puts them before the embeddings and returns the model's logits for all n_tokens + seq
    positions.
    """

    def __init__(self, model, n_tokens):
        super().__init__()
        raise NotImplementedError

    def forward(self, embeddings):
        raise NotImplementedError


# q6c_i · True or false: precomputed states
# *In an autoregressive GPT, the states of every layer at the prompt's positions can be computed once per
# update of the prompt and reused for all questions of a batch.*
def prefix_states(model, prompt):
    """The states at the prompt's positions, computed without any question.

    model: as in `SoftPrompt`. prompt: (n, E). Returns a list with the state after each block, (n, E) each.

    Returns: states
    """
    raise NotImplementedError


def continue_from(model, prompt, states, embeddings):
    """The logits of questions behind a prompt whose states are already there, so that each block runs on these
    and not on the blocks before it again.

    model: as in `SoftPrompt`, causal. prompt: (n, E). states: what `prefix_states` gives for it. embeddings:
    (batch, seq, E). Returns (batch, seq, V), at the positions of the embeddings alone. A loss of these logits
    has a gradient for the prompt, the one that a run of everything at once would give: one run of the prefix
    serves a whole batch, forwards and backwards.

    Returns: logits
    """
    raise NotImplementedError


# q6c_ii · True or false: soft against hard prompts
# *On the same metric, the best possible soft prompt of $K$ tokens is always at least as good as the best
# possible hard prompt of $K$ tokens.*
def best_hard_prompt(model, embedding, embeddings, targets, n_tokens):
    """The best of all hard prompts, found by trying each as the soft prompt that it is.

    model: as in `SoftPrompt`. embedding: (V, E), a vector for each token. embeddings, targets: questions and
    what they should be answered with, as in `adapt`; the best has the least loss. n_tokens: its length, 1 to
    3; tokens may stand in it more than once. Returns n_tokens token numbers, from 0.

    Returns: tokens
    """
    raise NotImplementedError


# q6d · Meta-learning a soft prompt
# Use MAML to find a prompt $\varphi$ that adapts to a new task in one gradient step of size $\eta$. To see
# its gradient, take quadratic losses: on a task's training data $L_{tr}(\varphi) = \tfrac12 (\varphi -
# c_{tr})^\top H_{tr} (\varphi - c_{tr})$, and in the same way $L_{val}$ with $H_{val}$ and $c_{val}$ on its
# validation data. The $H$ are symmetric. Type `phi`, `phi_i`, `H_tr`, `c_tr`, `H_val`, `c_val`, `eta`, and
# `I` for the identity.
# Then run it on a transformer: several inner steps for each of several tasks, an outer update through all of
# them, and a new task at test time, where the inner steps alone are left.
def meta_gradient(phi, H_train, c_train, H_val, c_val, lr):
    """The gradient of the validation loss after one inner step on the training loss, with respect to the prompt
    before that step.

    phi, c_train, c_val: (n,). H_train, H_val: symmetric (n, n). lr: size of the inner step. Returns (n,).

    Returns: gradient
    """
    raise NotImplementedError


def adapt(model, prompt, embeddings, targets, lr, steps):
    """The prompt after plain gradient descent on one task, as at test time; the model stays as it is.

    model: as in `SoftPrompt`, already frozen. prompt: (n, E), stands before the embeddings. embeddings:
    (batch, seq, E). targets: int64 token numbers (batch, seq): what the outputs at the positions of the
    embeddings should say. The loss is the mean of the cross-entropy over all of these. steps: 1 or more, each
    with the gradient where it begins. Returns (n, E).

    Returns: prompt
    """
    raise NotImplementedError


def meta_step(model, prompt, tasks, inner_lr, outer_lr, steps):
    """The shared prompt after one outer update of MAML on several tasks.

    model, prompt: as in `adapt`. tasks: a list of (train_embeddings, train_targets, val_embeddings,
    val_targets). For each of them the shared prompt is adapted with this many steps of size inner_lr; the
    outer loss is the mean over tasks of their validation losses there. The outer step, of size outer_lr, goes
    along its exact gradient for the shared prompt. Returns (n, E).

    Returns: prompt
    """
    raise NotImplementedError
