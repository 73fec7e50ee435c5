"""Whole submissions of nothing but zeros, nan, nonsense or forgery earn what is right by itself, and that is named."""

import sys

import pytest
import torch

from grader.records import Verdict

from in_process import ASSIGNMENT, FUNCTIONS, REFERENCE, Class  # isort: skip

NAN, INF = float("nan"), float("inf")
pytestmark = pytest.mark.slow

TABLE = "lr_scaling.csv"
RIGHT_BY_ITSELF = {
    "0": {
        "q1d.run.adapter": 0.3,  # its sizes are asked for, whatever finite numbers stand in it
        "q4c.exponent": 0.325,  # half: Adam's hardly depends on the batch size, but no data of one's own says so
    },
    "nan": {},
    "inf": {},
    "-1": {"q1d.run.adapter": 0.3},
}
"""By what is typed in every field and comes out of every function: what that earns, and why."""


@pytest.fixture(scope="module")
def class_(judge):
    return Class(judge)


def everywhere(value, number):
    """What a function returned, with another number in every place."""
    if isinstance(value, torch.nn.Module):
        for parameter in value.parameters():
            parameter.data.fill_(number)
        value.register_forward_hook(lambda module, given, came: torch.full_like(came, number))
        return value
    if isinstance(value, torch.Tensor):
        return torch.full_like(value if value.is_floating_point() else value.double(), number)
    if isinstance(value, list | tuple):
        return [everywhere(member, number) for member in value]
    return number if isinstance(value, int | float) else value


def filled(function, number):
    """The reference's function, with the right shapes and one number in all of them."""
    right = ASSIGNMENT.author_code.oracle(function)
    return lambda *args, **words: everywhere(right(*args, **words), number)


def earned(checks):
    return {name: record.score for name, record in checks.items() if record.score}


@pytest.mark.parametrize("typed", RIGHT_BY_ITSELF)
def test_one_number_everywhere_earns_what_is_right_by_itself(class_, typed):
    number = float(typed)
    functions = {name: filled(name, number) for name in FUNCTIONS}
    checks = class_.graded(functions, dict.fromkeys(REFERENCE.answers, typed), {TABLE: _one_number(typed)})
    assert earned(checks) == RIGHT_BY_ITSELF[typed]
    assert not {name for name, record in checks.items() if not record.verdict.decided} - TEXTS


TEXTS = {check.id for part in ASSIGNMENT.parts for check in part.checks if check.kind == "text"}


def _one_number(typed):
    """The reference's table with this loss in every row."""
    head, *rows = REFERENCE.files[TABLE].decode().splitlines()
    return "\n".join([head, *(f"{row.rpartition(',')[0]},{typed}" for row in rows)]).encode()


CONSISTENT = {
    "a parabola": ("N^2/2 - N", "N - 1", "1"),
    "a budget that is left out": ("N^2/2 - N + 0*C", "N - 1", "1"),
    "a line": ("N", "1", "0"),
    "a constant": ("7", "0", "7"),
    "another parabola": ("(N - 5)^2", "2*N - 10", "5"),
    "a logarithm": ("N - log(N)", "1 - 1/N", "1"),
    "two of nine symbols": ("A*N^2/2 - B*N", "A*N - B", "B/A"),
}
"""L(N), its derivative, and where that is zero: nonsense in which each step is rightly taken from the one before."""


@pytest.mark.parametrize("family", CONSISTENT)
def test_consistent_nonsense_earns_nothing(class_, family):
    loss, _, best = CONSISTENT[family]
    fields = dict(zip(("L_of_N", "dL_dN", "N_opt"), CONSISTENT[family], strict=True))
    fields |= {
        "D_opt": f"C/({best})",
        "L_opt": loss.replace("N", f"({best})"),
        "a": "0",
        "b": "1",
        "c_N": best,
        "c_D": "1",
    }
    answers = {("q5b", name): fields.get(name, "1") for part, name in REFERENCE.answers if part == "q5b"}
    checks = class_.graded({}, answers, only=("q5b",))
    assert earned(checks) == {}
    assert not {name for name, record in checks.items() if record.verdict is Verdict.HARNESS_ERROR}


HONEST = {
    "swapped exponents": (
        "A/N^beta + B*(C_0*N/C)^alpha + L_0",
        "-beta*A*N^(-beta-1) + alpha*B*(C_0/C)^alpha*N^(alpha-1)",
        "(beta*A/(alpha*B))^(1/(alpha+beta))*(C/C_0)^(alpha/(alpha+beta))",
    ),
    "a factor": (
        "2*A/N^alpha + B*(C_0*N/C)^beta + L_0",
        "-2*alpha*A*N^(-alpha-1) + beta*B*(C_0/C)^beta*N^(beta-1)",
        "(2*alpha*A/(beta*B))^(1/(alpha+beta))*(C/C_0)^(beta/(alpha+beta))",
    ),
    "a forgotten constant": (
        "A/N^alpha + B*(N/C)^beta + L_0",
        "-alpha*A*N^(-alpha-1) + beta*B*C^(-beta)*N^(beta-1)",
        "(alpha*A/(beta*B))^(1/(alpha+beta))*C^(beta/(alpha+beta))",
    ),
}
"""The same three fields with one honest slip in the first, and every step rightly taken from it."""


@pytest.mark.parametrize("slip", HONEST)
def test_an_honest_slip_keeps_its_later_credit(class_, slip):
    fields = dict(zip(("L_of_N", "dL_dN", "N_opt"), HONEST[slip], strict=True))
    checks = class_.graded({}, {("q5b", name): text for name, text in fields.items()}, only=("q5b",))
    assert checks["q5b.L_of_N"].verdict in (Verdict.WRONG, Verdict.PARTIAL)
    for name in ("q5b.dL_dN", "q5b.N_opt"):
        assert (checks[name].verdict, checks[name].follows) == (Verdict.CORRECT, True)


def looked_up(table):
    """A `train_one` that trains nothing: it returns what a table says."""

    def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        make_model()
        return table.get((batch_size, round(lr, 9), seed), 0.5)

    return train_one


def reaching(final):
    """A `train_one` that writes into everything of the observer's that it can reach, and trains nothing."""

    def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        torch.manual_seed(seed)
        model = make_model()
        frame = sys._getframe(1)
        reached = [*frame.f_locals.values(), *(make_model.__defaults__ or ())]
        reached += [cell.cell_contents for cell in make_model.__closure__ or ()]
        rows = [[step % len(X)] * batch_size for step in range(n_steps)]
        for place in reached:
            if isinstance(place, list) and not place:
                place.extend(X[batch] for batch in rows) if "batches" in frame.f_locals else place.extend(rows)
        for parameter in model.parameters():
            parameter.data.fill_(1e30)
        return final

    return train_one


FORGERS = {
    "constant": looked_up({}),
    "infinite": reaching(INF),
    "nan": reaching(NAN),
    "small": reaching(1e-6),
    "table": looked_up(
        {
            (int(size), round(float(lr), 9), int(seed)): float(loss)
            for setting, size, lr, seed, loss in map(
                lambda row: row.split(","), REFERENCE.files[TABLE].decode().split()[1:]
            )
            if setting == "linear_sgd"
        }
    ),
}


@pytest.mark.parametrize("forger", FORGERS)
def test_forged_training_earns_neither_its_checks_nor_the_table(class_, forger):
    parts = ("q4a", "q4b", "q4c")
    checks = class_.graded({"lr_scaling.train_one": FORGERS[forger]}, only=parts)
    of_training = {name: score for name, score in earned(checks).items() if ".train_one" in name or ".table." in name}
    assert of_training == {}
    typed = {name: record for name, record in checks.items() if name.endswith((".exponent", ".law", ".saturates"))}
    assert all(record.score <= record.max_score / 2 for record in typed.values())  # as if there were no table


def test_an_invented_table_without_code_adds_nothing_to_what_is_typed(class_):
    def absent(*args, **words):
        raise NotImplementedError

    functions = dict.fromkeys([name for name in FUNCTIONS if name.startswith("lr_scaling.")], absent)
    parts = ("q4a", "q4b", "q4c")
    with_table = class_.graded(functions, only=parts)
    empty = class_.graded(functions, files={TABLE: b""}, only=parts)
    assert earned(with_table) == earned(empty)
