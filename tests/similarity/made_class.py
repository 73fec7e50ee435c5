"""A class of 200 whose copies are known: honest people who choose between the same few ways, and planted copies.

Everybody writes eight functions of three to five steps, each step in one of three or four ways, with names, order,
layout and comments of their own: of so short functions many come out the same by chance. Wrong answers are drawn from
few that many make and many that few make; texts from sentences with words of one's own.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

STEPS: dict[str, list[list[str]]] = {
    "gradients": [
        ["G0 = error / rows", "G0 = error.div(rows)", "G0 = error * (1 / rows)"],
        ["left = G0 @ B.T", "left = torch.matmul(G0, B.T)", "left = torch.einsum('ml,kl->mk', G0, B)"],
        ["right = A.T @ G0", "right = torch.matmul(A.T, G0)", "right = (G0.T @ A).T"],
        ["return left, right", "return (left * 1.0, right)", "pair = left, right\nreturn pair"],
    ],
    "train": [
        ["step = lr / steps * steps", "step = float(lr)", "step = lr"],
        [
            "for i in range(steps):\n    A = A - step * (A @ B - W) @ B.T\n    B = B - step * A.T @ (A @ B - W)",
            "for i in range(steps):\n    gap = A @ B - W\n    A, B = A - step * gap @ B.T, B - step * A.T @ gap",
            "i = 0\nwhile i < steps:\n    gap = torch.sub(A @ B, W)\n    A -= step * gap @ B.T\n    i += 1",
        ],
        ["out = W + A @ B", "out = torch.add(W, A @ B)", "out = W.clone()\nout += A @ B"],
        ["return out", "return out.detach()", "return out.reshape(W.shape)"],
    ],
    "mask": [
        [
            "kept = round(x.numel() * share)",
            "kept = int(x.numel() * share + 0.5)",
            "kept = round(len(x.view(-1)) * share)",
        ],
        [
            "order = x.abs().flatten().argsort()",
            "order = torch.argsort(x.abs().view(-1))",
            "order = x.pow(2).reshape(-1).sort()[1]",
        ],
        [
            "m = torch.ones(x.numel(), dtype=torch.bool)",
            "m = torch.full((x.numel(),), True)",
            "m = torch.zeros(x.numel()) == 0",
        ],
        ["m[order[:kept]] = False", "m.scatter_(0, order[:kept], False)", "for j in order[:kept]:\n    m[j] = False"],
        ["return m.reshape(x.shape)", "return m.view_as(x)"],
    ],
    "attention": [
        ["s = q @ k.transpose(-1, -2)", "s = torch.bmm(q, k.mT)", "s = torch.einsum('nld,nmd->nlm', q, k)"],
        ["s = s / q.shape[-1] ** 0.5", "s = s * q.size(-1) ** -0.5", "s = s / math.sqrt(q.shape[-1])"],
        ["p = s.softmax(-1)", "p = F.softmax(s, dim=-1)", "p = s.exp() / s.exp().sum(-1, keepdim=True)"],
        ["return p @ v", "return torch.bmm(p, v)", "return torch.einsum('nlm,nmd->nld', p, v)"],
    ],
    "quantize": [
        ["low, high = x.min(), x.max()", "low = x.min()\nhigh = x.max()", "high = torch.max(x)\nlow = torch.min(x)"],
        [
            "scale = (high - low) / (2 ** bits - 1)",
            "scale = (high - low).div(2 ** bits - 1)",
            "levels = 2 ** bits\nscale = (high - low) / (levels - 1)",
        ],
        ["zero = torch.round(-low / scale)", "zero = (-low / scale).round()", "zero = torch.floor(0.5 - low / scale)"],
        [
            "q = torch.clamp(torch.round(x / scale) + zero, 0, 2 ** bits - 1)",
            "q = (x / scale + zero).round().clamp(0, 2 ** bits - 1)",
        ],
        ["return q, scale, zero", "return q.to(torch.int64), scale, zero"],
    ],
    "macs": [
        ["return cin * cout * k * k * h * w", "return cin * cout * k ** 2 * h * w"],
        ["n = k ** 2 * cin"],
    ],
    "cosine": [
        ["t = min(i / n, 1.0)", "t = i / n if i < n else 1.0", "t = max(0.0, min(1.0, i / n))"],
        ["c = math.cos(math.pi * t)", "c = torch.cos(torch.tensor(math.pi * t)).item()"],
        [
            "return low + (high - low) * (1 + c) / 2",
            "return low + 0.5 * (high - low) * (1 + c)",
            "half = (high - low) / 2\nreturn low + half + half * c",
        ],
    ],
    "prompt": [
        [
            "e = table[ids]",
            "e = table.index_select(0, ids.flatten()).view(*ids.shape, -1)",
            "e = F.embedding(ids, table)",
        ],
        [
            "soft = p.unsqueeze(0).expand(e.shape[0], -1, -1)",
            "soft = p[None].repeat(len(e), 1, 1)",
            "soft = torch.stack([p] * len(e))",
        ],
        ["return torch.cat([soft, e], dim=1)", "return torch.cat((soft, e), 1)", "return torch.hstack((soft, e))"],
    ],
}
"""Ways of writing each step of each function."""
NOISE = (
    *(
        "assert {} is not None",
        "print({})",
        "{} = {}.clone()",
        "size = {}.shape",
        "{} = {}.contiguous()",
        "n = len({})",
    ),
    *(
        "{} = {} * 1.0",
        "first = {}[0]",
        "dtype = {}.dtype",
        "if {} is None:\n    raise ValueError('nothing')",
        "eps = 1e-8",
    ),
)
"""What people write that need not be there."""
FIELDS = [f"f{number}" for number in range(24)]
TOPICS = [
    "the rank of the update is at most k so training only reaches a small set of matrices",
    "both gradients vanish because each contains the other factor which is zero at the start",
    "a larger batch has less noise so the best learning rate grows until the curvature limits it",
    "the head copies the token that followed the last time the same token was seen",
]
ENOUGH = 5
"""Wrong answers of somebody from whom only these are copied: of fewer there is nothing to see."""
WORDS = [
    "clearly",
    "also",
    "therefore",
    "maybe",
    "often",
    "mostly",
    "simply",
    "here",
    "usually",
    "roughly",
    "indeed",
    "still",
    "rather",
    "partly",
    "always",
    "hence",
    "even",
    "however",
    "moreover",
    "finally",
    "first",
    "then",
    "probably",
    "likely",
    "surely",
    "quite",
    "nearly",
    "slowly",
    "quickly",
]
NAMES = [
    "alpha",
    "beta",
    "gamma",
    "out",
    "res",
    "tmp",
    "val",
    "acc",
    "foo",
    "cur",
    "new",
    "old",
    "left2",
    "arr",
    "mat",
    "vec",
    "item",
    "part",
    "piece",
    "thing",
]


@dataclass
class Student:
    """What one student hands in: bodies of functions, wrong answers by field, texts by question."""

    name: str
    bodies: dict[str, str]
    wrong: dict[str, str]
    texts: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        parts = ["import math", "import torch", "import torch.nn.functional as F"]
        for name, body in self.bodies.items():
            lines = body.replace("\n", "\n    ")
            parts.append(f"def {name}({self.names.get(name, 'x')}, *rest):\n    {lines}\n")
        return "\n\n".join(parts)


def honest(name: str, dice: random.Random) -> Student:
    bodies = {function: _renamed(_body(steps, dice), dice) for function, steps in STEPS.items()}
    return Student(name, bodies, _wrong(dice), {f"t{i}": _said(topic, dice) for i, topic in enumerate(TOPICS)})


def _body(steps: list[list[str]], dice: random.Random) -> str:
    lines: list[str] = []
    for ways in steps:
        step = dice.choice(ways)
        if dice.random() < 0.3 and "return" not in step:
            lines.append(dice.choice(NOISE).replace("{}", "x"))
        lines.append(step)
        if dice.random() < 0.2:
            lines.insert(0, f"# {dice.choice(WORDS)}")
    return "\n".join(lines)


def _renamed(body: str, dice: random.Random) -> str:
    tree = ast.parse(body)
    own = sorted(
        {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        - {"torch", "math", "F", *dir(__builtins__), "min", "max", "round", "int", "float", "len", "range", "print"}
    )
    given = dict(zip(own, dice.sample(NAMES, len(own)), strict=True))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = given.get(node.id, node.id)
    return ast.unparse(tree)


def _wrong(dice: random.Random) -> dict[str, str]:
    """About a fifth of the answers: half of them one of three common ones, the others from sixty that are rare."""
    found = {}
    for name in FIELDS:
        if dice.random() < 0.2:
            common = dice.random() < 0.5
            found[name] = f"{dice.randint(2, 4)}*a*b" if common else f"{dice.randint(5, 65)}*a+b"
    return found


def _said(topic: str, dice: random.Random) -> str:
    said = topic.split()
    for _ in range(len(said) // 3):
        said.insert(dice.randrange(len(said)), dice.choice(WORDS))
    own = [dice.choice([*WORDS, *topic.split()]) for _ in range(12)]
    return f"{' '.join(said)}. So {' '.join(own)}."


# Copies, each by what the copier did to hide it


def renamed(victim: Student, copier: Student, dice: random.Random) -> Student:
    return replace(copier, bodies={name: _renamed(body, dice) for name, body in victim.bodies.items()})


def reformatted(victim: Student, copier: Student, dice: random.Random) -> Student:
    def commented(body: str) -> str:
        return "\n".join(
            f"# {dice.choice(WORDS)}\n\n{line}" if not line.startswith(" ") else line for line in body.split("\n")
        )

    return replace(copier, bodies={name: commented(body) for name, body in victim.bodies.items()})


def reordered(victim: Student, copier: Student, dice: random.Random) -> Student:
    def turned(body: str) -> str:
        head = ["unused = 3", "count = len(rest)"] if dice.random() < 0.3 else []
        lines = ast.unparse(ast.parse(body)).split("\n")
        for i in range(len(lines) - 1):
            one, two = lines[i], lines[i + 1]
            if _independent(one, two):
                lines[i], lines[i + 1] = two, one
        return "\n".join([*head, *lines])

    bodies = [(name, turned(body)) for name, body in victim.bodies.items()]
    dice.shuffle(bodies)
    return replace(copier, bodies=dict(bodies))


def _independent(one: str, two: str) -> bool:
    if any(
        line.startswith((" ", "return", "for", "while", "if", "assert", "print")) or " = " not in line
        for line in (one, two)
    ):
        return False
    names = [{node.id for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)} for line in (one, two)]
    written = [{line.split(" = ")[0].split("[")[0].strip()} for line in (one, two)]
    return not (written[0] & names[1] or written[1] & names[0])


def partly_rewritten(victim: Student, copier: Student, dice: random.Random) -> Student:
    """Five of the eight functions are taken and renamed, the others written alone."""
    taken = dice.sample(sorted(victim.bodies), 5)
    return replace(copier, bodies=copier.bodies | {name: _renamed(victim.bodies[name], dice) for name in taken})


def answers_alone(victim: Student, copier: Student, dice: random.Random) -> Student:
    """The wrong answers are spelled another way."""
    spelled = {name: " + ".join(reversed(text.split("+"))) for name, text in victim.wrong.items()}
    return replace(copier, wrong=spelled)


def text_alone(victim: Student, copier: Student, dice: random.Random) -> Student:
    """One text, with a word in nine changed, under another question."""
    said = [dice.choice(WORDS) if i % 9 == 8 else word for i, word in enumerate(victim.texts["t2"].split())]
    return replace(copier, texts=copier.texts | {"t0": " ".join(said)})


COPIES: list[Callable[[Student, Student, random.Random], Student]] = [
    *(renamed, reformatted, reordered, partly_rewritten, answers_alone, text_alone),
]


def made_class(size: int, copies: int, seed: int) -> tuple[list[Student], dict[frozenset[str], str]]:
    """Students, and how one of each planted pair copied: `copies` of each way, everybody in at most one pair."""
    dice = random.Random(seed)
    students = [honest(f"s{number:03}", dice) for number in range(size)]
    order = dice.sample(range(size), size)
    planted = {}
    for copy in COPIES * copies:
        victim = next(number for number in order if copy is not answers_alone or len(students[number].wrong) >= ENOUGH)
        order.remove(victim)
        copier = order.pop()
        students[copier] = copy(students[victim], students[copier], dice)
        planted[frozenset((students[victim].name, students[copier].name))] = copy.__name__
    return students, planted
