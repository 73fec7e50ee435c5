"""What people read: pages for students and staff, and the same words for the terminal.

Owns how a record is shown. Decides nothing: verdicts, points and their sums come from the record.
"""
