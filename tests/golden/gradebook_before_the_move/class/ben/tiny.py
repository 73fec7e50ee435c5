def double(X):
    return X * X
