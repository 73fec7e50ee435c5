"""The marking desk in the gradebook: the queue, who holds what, drafts, marks and rubrics."""
