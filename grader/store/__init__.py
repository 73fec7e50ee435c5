"""The gradebook: what is kept of a class, and the files beside it."""

from grader.store.engine import GRADEBOOK, now, write_atomically
from grader.store.gradebook import Override, Store

__all__ = ["GRADEBOOK", "Override", "Store", "now", "write_atomically"]
