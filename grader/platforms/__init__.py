"""Other people's autograders as hosts: one submission graded where a learning platform runs it."""
