"""Amounts with units, multipliers and percent signs, as parts of an expression.

Two rules for units: a currency takes the amount behind it (`2e8 * $0.00005`), and in `200 TB / 4.8 TB/s` the rate that
is typed without spaces, or with `per`, stands below the line as a whole.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.maths.reading.calls import remainder
from grader.maths.reading.operands import STARTS
from grader.maths.reading.precedence import PRODUCT, UNIT
from grader.maths.reading.tokens import ENDS_OPERAND, Token
from grader.maths.reading.tree import Binary, Node, Number, Percent, Unit, literal
from grader.maths.reading.units import CURRENCIES
from grader.maths.reading.written_out import WrittenOut

_TIMES = ("week", "day", "h", "min", "s")
"""From large to small."""


class AmountGrammar(WrittenOut):
    """Reads units where they stand among other operands."""

    def scaled_unit_follows(self) -> bool:
        """Whether `120 million tokens` stands here, which may be meant for all of `1e9/120 million tokens`."""
        return self.follow("number", "multiplier", "unit") and self.tokens[self.at + 1].spaced

    def fraction_is_scaled(self, left: Node) -> bool:
        """Whether `2 million` stands behind `3/`, which may be meant for all of `3/2 million`."""
        return isinstance(left, Number) and self.follow("number", "multiplier") and self.tokens[self.at + 1].spaced

    def smaller_time_follows(self, left: Node) -> bool:
        """Whether `30 min` stands here, behind an amount of a larger unit of time such as `1 h`."""
        unit = left.right if isinstance(left, Binary) else None
        if not isinstance(unit, Unit) or unit.symbol not in _TIMES or not self.follow("number", "unit"):
            return False
        return self.tokens[self.at + 1].text in _TIMES[_TIMES.index(unit.symbol) + 1 :]

    def percent_or_remainder(self, left: Node) -> Node:
        """What the sign that stands here makes of the product that ends here.

        In `100 (1-p)^2 %` a per cent sign means all of it. Where a value follows, `n % 2` is a remainder and `10% x` is
        none.
        """
        sign = self.token
        if sign.text == "mod":
            self.refuse_sum_in_front()
        self.take()
        evenly, number = sign.spaced == self.token.spaced, isinstance(left, Number)
        valued = is_value(self.token)
        if sign.text == "mod" or (valued and evenly and not number):
            return remainder((left, self.expression(PRODUCT)), left.column)
        if valued and evenly == number:
            self.fail("a remainder, or per cent? write mod for the one, /100 for the other", sign)
        over_number = isinstance(left, Binary) and left.operator == "/" and isinstance(left.right, Number)
        if over_number and not sign.spaced and not self.bracketed_before():
            self.fail("per cent of what stands below the line, or of all? write (a/b) % or a/(b %)", sign)
        return Percent(left, left.column)

    def refuse_sum_in_front(self) -> None:
        """Refuse `a + b mod n` and `-a mod n`, which some read as `(a + b) mod n` and `(-a) mod n`."""
        depth = 0
        for token in reversed(self.tokens[: self.at]):
            depth += (token.kind in ("close", "endgroup")) - (token.kind in ("open", "group"))
            if depth < 0 or (depth == 0 and token.kind in ("comma", "relation")):
                return
            if depth == 0 and token.kind == "operator" and token.text in ("+", "-"):
                self.fail("of the sum, or of its last term? put brackets around what is divided")

    def bracketed_before(self) -> bool:
        """Whether the sign just taken stands behind a bracket."""
        return self.tokens[self.at - 2].kind in ("close", "endgroup")

    def rate(self, amount: Node) -> Node:
        """An amount below the line, with the `/s` typed without spaces, or the `per second`, behind its unit."""
        slash, unit = self.token, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        ends_in_unit = isinstance(amount, Binary) and self.tokens[self.at - 1].kind == "unit"
        joined = slash.text == "per" or (slash.text == "/" and not slash.spaced and not unit.spaced)
        if not joined or unit.kind != "unit" or not ends_in_unit:
            return amount
        self.at += 2
        return Binary("/", amount, Unit(unit.text, unit.column), amount.column)

    def unit(self, token: Token) -> Node:
        """A unit; a currency that stands in front takes the amount behind it: `$0.01 million`."""
        unit = Unit(token.text, token.column)
        before = self.tokens[self.at - 2].kind if self.at > 1 else "end"
        if token.text not in CURRENCIES or self.tokens[self.at].kind != "number" or before in ENDS_OPERAND:
            return unit
        amount = self.expression(UNIT)
        while self.tokens[self.at].kind == "multiplier" and isinstance(amount, Number):
            amount = Number(scaled(amount.text, self.take().text), amount.column)
        if self.tokens[self.at].kind == "unit" and self.token.text == token.text:
            self.take()
        return Binary("", unit, amount, token.column)


def is_value(token: Token) -> bool:
    """Whether a token begins a value that is no unit."""
    return token.kind in STARTS and token.kind != "unit"


def scaled(amount: str, factor: str) -> str:
    """A literal number times a power of ten."""
    mantissa, _, power = amount.partition("e")
    exponent = int(power or 0) + int(factor.partition("e")[2])
    return f"{mantissa}e{exponent}"


def repeating(number: Number) -> Node:
    """A number with dots behind it: `0.66...` goes on with the digits that stand there twice."""
    decimals = number.text.partition(".")[2]
    for length in range(1, len(decimals) // 2 + 1):
        block = decimals[-length:]
        if block.isdigit() and block == decimals[-2 * length : -length] and int(block):
            tail = Fraction(int(block), (10**length - 1) * 10 ** len(decimals))
            return replace(literal(number.value + tail), column=number.column)
    return number
