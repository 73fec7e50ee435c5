"""A warm process without isolation, for one's own code: it imports once and forks for every batch.

Started by `grader.runner.entry.main` where a process may be forked after its imports; elsewhere
`grader.runner.entry.plain_process` is started for every batch.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import NoReturn

from grader.runner.entry.prepare import prepare
from grader.runner.supervisor import Order, Supervisor


def main(order: Order) -> None:
    """Prepare, then run batches until the parent hangs up."""
    interpreter = prepare(order)

    def run_batch(batch: Order, channel: socket.socket) -> NoReturn:
        interpreter.run_batch(channel, Path(batch["submission"]), Path(batch["scratch"]), batch)

    Supervisor(interpreter.connect(order["control"]), run_batch).obey()
