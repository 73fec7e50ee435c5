"""What to say about a wrong answer: the nearest mistake, and what follows from an earlier one."""
