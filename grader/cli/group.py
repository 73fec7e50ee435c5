"""The group that every command joins."""

from __future__ import annotations

import click

from grader import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hw11")
def main() -> None:
    """Grade a deep-learning homework: typed derivations and torch code, held against a reference.

    Exit codes: 0 done · 1 something is not right yet · 2 usage or problem files · 3 a fault of ours ·
    130 interrupted.
    """
