"""Right and wrong ways to write each function, under class secrets: right ones are right, wrong ones are not.

No sandbox: what lies in `variants/` is trusted.
"""

import importlib.util
import warnings
from pathlib import Path

import pytest
from test_functions import RUNS, judged

from grader.cache import Cache
from reference import lr_scaling

SECRETS = [b"secret %d of a class" % number for number in range(5)]
DRAWN = {secret: Cache() for secret in SECRETS}
VARIANTS = Path(__file__).parent / "variants"


def variants(kind):
    for path in sorted((VARIANTS / kind).rglob("*.py")):
        spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        module.train_one = lr_scaling.train_one  # what a sweep calls
        spec.loader.exec_module(module)
        for name, variant in list(vars(module).items()):
            function, _, what = name.partition("__")
            if function and what:
                yield f"{path.stem}.{function}", what, variant


def broken(function, variant, secret, visibility):
    """The first check of a function that a variant does not pass, of those that a secret decides or of the others."""
    for run in RUNS.values():
        if run.spec.call == function and run.visibility == visibility:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what torch says to a variant
                outcome = judged(run, variant, secret, DRAWN[secret])
            if outcome.verdict != "correct":
                return f"{run.id}: {outcome.message} {outcome.staff}"
    return None


def table(kind):
    return [pytest.param(function, variant, id=f"{function}-{what}") for function, what, variant in variants(kind)]


pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("function", "variant"), table("right"))
def test_a_right_function_passes(function, variant):
    assert broken(function, variant, SECRETS[0], "public") is None
    assert [broken(function, variant, secret, "hidden") for secret in SECRETS] == [None] * len(SECRETS)


@pytest.mark.parametrize(("function", "variant"), table("wrong"))
def test_a_wrong_function_fails(function, variant):
    if broken(function, variant, SECRETS[0], "public") is None:
        assert None not in [broken(function, variant, secret, "hidden") for secret in SECRETS]


def test_every_function_has_variants_of_both_kinds():
    asked = {run.spec.call for run in RUNS.values()}
    assert {function for function, _, _ in variants("right")} == asked
    assert {function for function, _, _ in variants("wrong")} == asked
