"""The gradebook: what is kept of a class, and the files beside it."""

from grader.store.engine import now, write_atomically
from grader.store.gradebook import Entry, Override, Store
from grader.store.place import GRADEBOOK

__all__ = ["GRADEBOOK", "Entry", "Override", "Store", "now", "write_atomically"]
