"""The gradebook: what is kept of a class, and the files beside it."""

from grader.store.engine import now
from grader.store.gradebook import Store
from grader.store.place import GRADEBOOK
from grader.store.records import Kept, Override

__all__ = ["GRADEBOOK", "Kept", "Override", "Store", "now"]
