def square(X):
    return X * X
