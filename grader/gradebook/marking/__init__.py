"""The marking desk in the gradebook: the queue, who holds what, drafts, marks, rubrics and sessions."""
