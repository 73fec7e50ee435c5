"""Exports of grades and tables: one file for each format, which registers itself."""
