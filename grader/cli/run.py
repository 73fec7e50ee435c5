"""`hw11 run`: run an experiment of the homework.

Owns finding it by name. Its options and output belong to the experiment in `reference/experiments/`.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.assignment.locate import assignment_root
from grader.cli.output import assignment_option, with_exit_codes
from grader.errors import UsageError
from grader.files.author_code import AuthorCode, AuthorCodeError


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("name", default="")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@assignment_option
@with_exit_codes
@click.pass_context
def command(context: click.Context, name: str, arguments: tuple[str, ...], root: Path | None) -> int:
    """Run an experiment that the homework declares in reference/experiments/.

    Without a NAME: which there are. `hw11 run NAME --help` shows an experiment's own options.
    """
    if name in ("-h", "--help"):  # behind a name they are asked of the experiment
        click.echo(context.get_help())
        return 0
    root = assignment_root(root)
    folder = root / "reference" / "experiments"
    if not name.isidentifier() or not (folder / f"{name}.py").is_file():
        declared = [
            file.stem for file in sorted(folder.glob("*.py")) if "\ndef main(" in file.read_text(encoding="utf-8")
        ]
        wrong = f"there is no experiment {name!r}" if name else "name an experiment"
        raise UsageError(f"{wrong} (there are: {', '.join(declared) or 'none'})")
    try:
        main = AuthorCode(root).reference(f"reference.experiments.{name}:main")
    except AuthorCodeError as error:
        raise UsageError(str(error)) from error
    return int(main(list(arguments)) or 0)
