"""Deciding whether two readings mean the same, kind by kind: refute by numbers first, then prove."""
