"""The engine: observes a submission inside a sandbox, judges it outside, records it once.

Owns everything that is true of any homework. Knows nothing of a particular one: that lives in
`problems/`, `reference/` and `student_template/`.
"""

__version__ = "0.1.0"
