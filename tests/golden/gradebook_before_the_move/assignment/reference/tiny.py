import sympy as sp

m, k = sp.symbols("m k", positive=True)

def double(X):
    return 2 * X

def size():
    return m * k

def size_in_bytes():
    return 4 * size()

def entries():
    return 1e6 / 4

def seconds(entries=entries()):
    return entries / 1e5
