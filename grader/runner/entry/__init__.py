"""How an interpreter for student code starts: one module for each executor, and the steps that they share."""
