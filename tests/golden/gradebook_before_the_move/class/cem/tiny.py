def double(X):
    raise ValueError('no')
