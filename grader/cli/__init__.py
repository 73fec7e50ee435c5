"""The command line.

Owns options, printing, progress and exit codes; no other package prints. One file per command, found by scanning
this folder and imported only when its command is used. What commands do belongs to the packages below.
"""

from grader.cli.group import main

__all__ = ["main"]
