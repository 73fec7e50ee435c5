"""One of several options: `choice`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from grader.checks.author_call import Raised, ask
from grader.checks.base import Claim, Context, Variant
from grader.checks.control import Control
from grader.checks.field import FieldSpec, Unreadable, comment, partly
from grader.checks.own_data import DescribingCheck, OwnDataSpec
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, ReferenceName, Spec, Withheld, spelled_out
from grader.errors import did_you_mean
from grader.records import Outcome
from grader.seeding import generator

DRAWS = 20
"""How often an option is tried."""


class OptionSpec(Spec):
    """What an option says, and the misconception that choosing it shows."""

    text: str
    says: str = ""


def option_texts(options: Mapping[str, OptionSpec]) -> dict[str, str]:
    """Each option's text, in an order that tells nothing."""
    return {key: option.text for key, option in sorted(options.items())}


Options = Annotated[
    dict[str, OptionSpec],
    BeforeValidator(spelled_out("text"), json_schema_input_type=dict[str, str | OptionSpec]),
    InKit(option_texts),
]
"""Students get what each says, but not what choosing it shows."""


def refuse_unknown(right: Sequence[str], options: Mapping[str, OptionSpec]) -> None:
    """See that what is right is among the options.

    Raises:
        ValueError: it is not.
    """
    if unknown := [] if right == (WITHHELD,) else [one for one in right if one not in options]:
        raise ValueError(f"`right` names {unknown[0]!r} — allowed: {', '.join(options)}")


class AnyOf(Spec):
    """Several options, each of which is right by itself."""

    any_: tuple[str, ...] = Field(min_length=2, alias="any")


class ChoiceSpec(FieldSpec):
    """A question with a fixed list of answers, of which one is to be chosen."""

    kind: Literal["choice"]
    options: Options = Field(min_length=2)
    right: Withheld[tuple[str, ...]] = Field(min_length=1)
    tries: ReferenceName | None = None
    """A function of the reference: whether what an option says holds of numbers drawn from a generator."""
    evidence: OwnDataSpec | None = None

    @field_validator("right", mode="before", json_schema_input_type=str | AnyOf)
    @classmethod
    def _one_or_any(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError(
                "`right` with a list leaves open whether one or all must be chosen — `right: {any: […]}`, where each "
                "is right, or `kind: choices` with `right: {all: […]}`"
            )
        return [value] if isinstance(value, str) else AnyOf.model_validate(value).any_

    @model_validator(mode="after")
    def _right_is_an_option(self) -> ChoiceSpec:
        refuse_unknown(self.right, self.options)
        return self


@register("choice", place="fields", spec=ChoiceSpec)
class ChoiceCheck(DescribingCheck[ChoiceSpec]):
    """One chosen option held against the right one."""

    def read(self, context: Context, text: str) -> tuple[str, str]:
        """The option that was meant."""
        chosen = option_chosen(text, self.spec.options)
        return chosen, chosen

    def judge_read(self, context: Context, meant: str, read: Outcome) -> Outcome:
        """Right if it is one of the right options."""
        says = self.spec.options[meant].says
        outcome = partly(read, float(meant in self.spec.right), says or "another option fits better", says)
        return self.stands_on_data(context, outcome, meant)

    @property
    def asked(self) -> str:
        """What is asked; the options follow."""
        ended = self.spec.asks.rstrip().endswith((".", "?", ":"))
        return f"{self.spec.asks.rstrip()}{'' if ended else ' …'} One of:"

    @property
    def control(self) -> Control:
        """One of the options."""
        return Control("one", option_texts(self.spec.options))

    def offered(self) -> Sequence[str]:
        """Each option and its text."""
        return listed_options(self.spec.options)

    def planted_mistakes(self) -> Sequence[Variant]:
        """Every option that is not right."""
        wrong = [(key, option.says) for key, option in self.spec.options.items() if key not in self.spec.right]
        return [self.variant(key, says=says, place=("options", key)) for key, says in wrong]

    def claims(self) -> Iterator[Claim]:
        """Every option tried on drawn numbers: a right one must hold of all of them, another of not all."""
        for key in self.spec.options if self.spec.tries else ():
            yield Claim(key, ("options", key), self._tried(key))

    def _tried(self, key: str) -> str:
        """What is wrong with an option; nothing, if it holds just where it is right."""
        holds = self.part.author_code.reference(self.spec.tries or "")
        draws = [ask(holds, key, generator(seed)) for seed in range(DRAWS)]
        raised = next((draw for draw in draws if isinstance(draw, Raised)), None)
        held, right = sum(draw is True for draw in draws), key in self.spec.right
        if raised is not None:
            return f"{self.spec.tries!r} breaks on this option: {raised.where}"
        if right == (held == DRAWS):
            return ""
        is_right = "is right" if right else "is not right"
        return f"this option {is_right}, yet what it says held of {held} of {DRAWS} draws"


def option_meant(typed: str, options: Mapping[str, OptionSpec]) -> str | None:
    """The option whose id or text this is, whatever its case, quotes, hyphens and small words; None if it is none."""
    wanted = _plain(typed)
    wanted = _TRUTH.get(wanted, wanted) if set(options) == {"true", "false"} else wanted
    for key, option in options.items():
        if wanted in (_plain(key), _plain(option.text)):
            return key
    named = frozenset(map(_plain, options))  # an option may be called `a`
    said = _words(typed, named)
    meant = [
        key for key, option in options.items() if _words(key, named) <= said <= _words(f"{key} {option.text}", named)
    ]
    return meant[0] if len(meant) == 1 else None


def option_chosen(typed: str, options: Mapping[str, OptionSpec], called: str = "the options", hint: str = "") -> str:
    """The option that is meant; what they are `called`, and a hint, are told where it is none.

    Raises:
        Unreadable: it is none.
    """
    if (meant := option_meant(typed, options)) is not None:
        return meant
    near = [key for key, option in options.items() if _all_near(typed, f"{key} {option.text}")]
    listed = f"{', '.join(options)}{did_you_mean(_plain(typed), near)}{hint}"
    raise Unreadable(f"{typed.strip()[:60]!r} is none of {called}: {listed}")


def listed_options(options: Mapping[str, OptionSpec]) -> list[str]:
    """Each option and its text as comment lines, in an order that tells nothing."""
    listed = (f"{name}: {option.text}" for name, option in sorted(options.items()))
    return [line for option in listed for line in comment(option, "#   - ")]


_SMALL = frozenset({"the", "a", "an", "of", "is", "it", "its", "to", "by", "they", "are", "and"})
"""Words that change no meaning; `not` and `no` do."""
_NEAR = 0.8
_TRUTH = {"yes": "true", "t": "true", "y": "true", "no": "false", "f": "false", "n": "false"}
_AMERICAN = (("center", "centre"), ("color", "colour"), ("izati", "isati"), ("izes", "ises"), ("ized", "ised"))


def _words(text: str, kept: Set[str] = frozenset()) -> frozenset[str]:
    """The words that carry the meaning, and small ones that are kept."""
    return frozenset(_plain(re.sub(r"[^\w\s-]", " ", text)).split("_")) - (_SMALL - kept) - {""}


def _all_near(typed: str, option: str) -> bool:
    """Whether every word is one of the option, but for a slip of spelling: `higher rank` is not near `lower_rank`."""
    return all(get_close_matches(word, _words(option), n=1, cutoff=_NEAR) for word in _words(typed))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    text = text.strip().strip("'\"`.").lower().replace("-", " ").replace("_", " ")
    for american, british in _AMERICAN:
        text = re.sub(rf"\b(\w*){american}(?=ed\b|\b|s\b|on\b)", rf"\1{british}", text)
    return "_".join(text.replace("centreed", "centred").split())
