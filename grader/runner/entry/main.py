"""Where an interpreter for student code starts, isolated and without site: `python -I -S entry.py NAME '{…}'`.

Owns the first entries of `sys.path`, and nothing else: `NAME` is the module beside this one that goes on.
"""

from __future__ import annotations

import importlib
import json
import sys

if __name__ == "__main__":
    order = json.loads(sys.argv[2])
    sys.path[:0] = order["path"]
    importlib.import_module(f"grader.runner.entry.{sys.argv[1]}").main(order)
