"""The engine: runs student code in a sandbox, judges the results outside it, and stores one record per submission.

Owns everything that is true of any homework. Knows nothing of a particular one: that lives in
`problems/`, `reference/` and `student_template/`.
"""

__version__ = "0.1.0"
