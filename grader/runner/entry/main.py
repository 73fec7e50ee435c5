"""The first file that an interpreter for student code runs: `python -I -S main.py NAME '{…}'`.

Owns the first entries of `sys.path`. `-I -S` leaves out the user's folder and `site`, so that nothing of the machine's
own start-up code runs; the libraries' folders come with the order instead. `NAME` is the module beside this one that
goes on.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys

if __name__ == "__main__":
    order = json.loads(sys.argv[2])
    sys.path[:0] = order["path"]
    gc.disable()  # until `prepare` is done: to look for cycles among what stays takes a sixth of its time
    importlib.import_module(f"grader.runner.entry.{sys.argv[1]}").main(order)
