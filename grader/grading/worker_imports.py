"""What every worker of a class with code needs, imported once by the process that all of them are forks of.

Owns what is imported there, and nothing that depends on an assignment. It is named to Python's fork server, which
imports it when it starts.
"""

import gc

import sympy  # noqa: F401 — references use it

import grader.grading.batch  # noqa: F401
from grader.runner.preload import first_operations

first_operations()
# A collection in a fork would write to, and so copy, all of it.
gc.collect()
gc.freeze()
