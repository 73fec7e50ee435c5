"""The perfect submission, the derivations behind its answers, and oracles.

The modules named like a student's file (`lora`, `circuits`, …) are what a student hands in, and also hold
the SymPy derivations of that question's formulas. They import nothing but torch, numpy and sympy, so that
they run in a sandbox as they are. `fermi` with `fermi_givens`, `chinchilla` and `oracles` never go inside.
"""
