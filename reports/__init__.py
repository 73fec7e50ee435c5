"""Reports: HTML pages for students and staff, and the same words for the terminal.

Owns how a record is shown. Verdicts, points and their sums are taken from the record; nothing here decides them.
"""
