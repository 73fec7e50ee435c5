"""The marking desk's tables in the gradebook: the queue, leases, drafts, marks, rubrics and events."""
