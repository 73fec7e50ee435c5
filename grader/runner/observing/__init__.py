"""Observers that every assignment has: one file each, named `@file:function` where a probe asks for one.

They run beside student code, as those in `problems/probes/` do, and return raw values.
"""
