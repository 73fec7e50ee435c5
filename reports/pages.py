"""Rendering templates: the Jinja environment, the stylesheet, and the content security policy.

Owns escaping (always on) and the policy: a page loads nothing, and runs no script but the one that a staff page may
include, which the policy names by its hash. Knows verdicts, but no records.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from grader.files.untrusted_text import one_line, shown, visible
from grader.records import Verdict
from reports import words
from reports.messages import sentence, undollared
from reports.prose import to_html, to_inline_html
from reports.width import is_wide


def render(template: str, *, script: str = "", **values: Any) -> str:
    """An HTML page.

    Args:
        template: a file of `templates/`.
        script: a file of `templates/` that the page may run; for staff pages only.
        values: the template's variables; strings are escaped, `Markup` is not.
    """
    code = _asset(script) if script else ""
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(_asset("style.css")),  # noqa: S704  # our own file
            script=Markup(code),  # noqa: S704  # our own file
            policy=Markup(_policy(code)),  # noqa: S704  # our own words and a hash
            **values,
        )
    )


def fragment(template: str, macro: str, *values: Any) -> Markup:
    """The output of one macro of a template."""
    return _macros(template)[macro](*values)


@cache
def _macros(template: str) -> Mapping[str, Callable[..., Markup]]:
    return vars(_environment().get_template(template).module)


def math_line(formula: Markup, label: str) -> Markup:
    """A formula on a line of its own; a wide one can be scrolled, by keyboard too."""
    scrolls = Markup(' tabindex="0" role="group" aria-label="{}"').format(label) if is_wide(formula) else ""
    return Markup('<div class="math-line"{}>{}</div>').format(scrolls, formula)


@cache
def icon(name: str) -> Markup:
    """An icon of `icons.svg`. Screen readers skip it, so a word must always be beside it."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


@cache
def badge(verdict: Verdict | None) -> Markup:
    """Icon and word of a verdict, or of a sealed check (None)."""
    wording = words.SEALED if verdict is None else words.WORDS[verdict]
    drawing = icon("sealed" if verdict is None else verdict.value)
    return Markup('<span class="badge {}">{} {}</span>').format(wording.css, drawing, wording.word)


def table_row(cells: Sequence[str]) -> Markup:
    """A table row of plain texts, the first as its heading; in Python, because templates are slow on long tables."""
    head, *others = map(html.escape, cells)
    rest = "".join(f"<td>{cell}</td>" for cell in others)
    return Markup(f'<tr><th scope="row">{head}</th>{rest}</tr>')  # noqa: S704  # each cell is escaped above


@lru_cache(maxsize=4096)
def score(earned: float | None, most: float, bonus: bool) -> Markup:
    """Points such as `0.5 of 1 point`; only the maximum if `earned` is None; empty for a check without points."""
    if not most:
        return Markup("")
    shown = Markup("") if earned is None else Markup('{} <span class="of">of</span> ').format(words.points(earned))
    extra = Markup(' <span class="of">bonus</span>') if bonus else Markup("")
    return Markup('<span class="score">{}{}{}</span>').format(shown, words.worth(most), extra)


def _policy(code: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    if not code:
        return policy
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"{policy}; script-src 'sha256-{digest}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("reports"), PrefixLoader({"web": PackageLoader("grader.web")})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "prose": to_html,
        "prose_line": to_inline_html,
        "undollared": undollared,
        "sentence": sentence,
        "shown": shown,
        "visible": visible,
        "one_line": one_line,
        "points": words.points,
        "worth": words.worth,
        "counted": words.counted,
        "local_time": words.local_time,
        "math_line": math_line,
        "icon": icon,
        "badge": badge,
        "score": score,
        "table_row": table_row,
    }
    return environment


@cache
def _asset(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8").strip()
