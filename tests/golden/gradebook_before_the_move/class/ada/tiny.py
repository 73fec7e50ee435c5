def double(X):
    return 2 * X
