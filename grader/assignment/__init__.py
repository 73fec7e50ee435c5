"""Assignments: the problem files that authors write (`model`, `symbols`), read (`load`) and tried (`lint`)."""
