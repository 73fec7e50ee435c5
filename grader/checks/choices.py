"""All options that apply: `choices`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from grader.checks.base import Context, Variant
from grader.checks.choice import Options, listed_options, option_chosen, option_texts, refuse_unknown
from grader.checks.control import Control
from grader.checks.field import FieldCheck, FieldSpec, partly
from grader.checks.registry import register
from grader.checks.spec import WITHHELD, InKit, Spec, Told
from grader.records import Outcome

NONE = "none"


class AllOf(Spec):
    """The options that must be chosen, and no others. None may be right."""

    all_: tuple[str, ...] = Field(alias="all")


class ChoicesSpec(FieldSpec):
    """A question with a fixed list of answers, of which all that apply are to be chosen.

    `partial` is the rule of partial credit: `none`; `each`, the share of options that were rightly chosen or rightly
    left; `hits`, rightly chosen less wrongly chosen ones, as a share of the right ones.
    """

    kind: Literal["choices"]
    options: Options = Field(min_length=2)
    right: Annotated[AllOf, InKit(lambda right: {"all": [WITHHELD]})]
    partial: Told[Literal["none", "each", "hits"]] = "none"

    @field_validator("right", mode="before", json_schema_input_type=AllOf)
    @classmethod
    def _says_all(cls, value: Any) -> Any:
        if not isinstance(value, dict | AllOf):
            raise ValueError("all that must be chosen are written `right: {all: […]}` — one option is `kind: choice`")
        return value

    @model_validator(mode="after")
    def _right_are_options(self) -> ChoicesSpec:
        refuse_unknown(self.right.all_, self.options)
        return self

    def right_in_words(self) -> str:
        """The options that apply."""
        told = [f"{self.options[key].text} (`{key}`)" for key in self.right.all_ if key in self.options]
        return "; ".join(told) or ("" if self.right.all_ else "none of them")


_RULES = {
    "none": "",
    "each": "Each option counts, chosen or left.",
    "hits": "A wrongly chosen option takes away a rightly chosen one.",
}


@register("choices", place="fields", spec=ChoicesSpec)
class ChoicesCheck(FieldCheck[ChoicesSpec]):
    """The chosen options held against the right ones."""

    def judge_read(self, context: Context, chosen: set[str], read: Outcome) -> Outcome:
        """By the rule of partial credit."""
        credit, right = self._credit(chosen), set(self.spec.right.all_)
        says = next((self.spec.options[key].says for key in sorted(chosen - right) if self.spec.options[key].says), "")
        wrong, lacking = len(chosen - right), len(right - chosen)
        told = [f"{wrong} of those you chose {'does' if wrong == 1 else 'do'} not apply"] if wrong else []
        if wrong and self.spec.partial == "hits":
            told[0] += f", which {'takes' if wrong == 1 else 'take'} as much away"
        told += [f"{lacking} more {'applies' if lacking == 1 else 'apply'}"] if lacking else []
        return partly(read, credit, says or "; ".join(told), says)

    def _credit(self, chosen: set[str]) -> float:
        right, options = set(self.spec.right.all_), set(self.spec.options)
        if chosen == right:
            return 1.0
        if self.spec.partial == "each":
            return 1 - len(chosen ^ right) / len(options)
        if self.spec.partial == "hits" and right:
            return max(0.0, (len(chosen & right) - len(chosen - right)) / len(right))
        return 0.0

    def read(self, context: Context, text: str) -> tuple[set[str], str]:
        """The options that were meant."""
        chosen = self._chosen(text)
        return chosen, ", ".join(sorted(chosen)) or NONE

    def _chosen(self, text: str) -> set[str]:
        bare = text.strip().rstrip(".").casefold()  # the text of an option may hold commas
        for key, option in self.spec.options.items():
            if bare in (key.casefold(), option.text.rstrip(".").casefold()):
                return {key}
        if text.strip().strip(".").casefold() in (NONE, "none of them", "none of these"):
            return set()
        hint = " (several are separated by commas)"
        return {option_chosen(item, self.spec.options, hint=hint) for item in items_of(text)}

    @property
    def asked(self) -> str:
        """What is asked, and how; the options follow."""
        rule = _RULES[self.spec.partial]
        how = f"All that apply, separated by commas; `{NONE}` if there is none."
        return " ".join(filter(None, [self.spec.asks.rstrip(), how, rule]))

    @property
    def control(self) -> Control:
        """Any of the options, or none of them."""
        options = {**option_texts(self.spec.options), NONE: "None of them"}
        return Control("several", options, note=f"Choose all that apply. {_RULES[self.spec.partial]}")

    def offered(self) -> Sequence[str]:
        """Each option and its text."""
        return listed_options(self.spec.options)

    def planted_mistakes(self) -> Sequence[Variant]:
        """The opposite, and each right answer but for one option."""
        right, options = set(self.spec.right.all_), set(self.spec.options)
        wrong = [options - right, *(right ^ {key} for key in sorted(options))]
        planted = []
        for chosen in wrong:
            says = next((self.spec.options[key].says for key in sorted(chosen - right)), "")
            answer = ", ".join(sorted(chosen)) or NONE
            planted.append(self.variant(answer, credit=self._credit(chosen), says=says, place=("right",)))
        return planted

    def accepted(self) -> Sequence[Variant]:
        """The right options in another order, as a list."""
        lines = "\n".join(f"- {key}" for key in reversed(self.spec.right.all_)) or "None."
        return [self.variant(lines, credit=1.0, place=("right",))]


def items_of(text: str) -> list[str]:
    """The items of a list that was typed with commas, semicolons, `and`, or one a line."""
    lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", line) for line in text.strip().strip("[]{}").splitlines()]
    items = [item for line in lines for item in re.split(r"[,;]|(?<!\s)\s+and\s+", line)]
    return [item.strip() for item in items if item.strip()]
