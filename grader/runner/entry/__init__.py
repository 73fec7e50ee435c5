"""How an interpreter starts, one way for each executor, and the way back to the parent."""
