"""The command line: parses, prints, exits.

Owns options, progress and exit codes, and nothing else: nothing below prints. One file per command, found by scanning
this folder and imported when its command is asked for.
"""

from grader.cli.group import main

__all__ = ["main"]
