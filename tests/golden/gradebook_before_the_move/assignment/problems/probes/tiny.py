def bytes_of(double, X):
    Y = double(X).float()
    return Y.numel() * Y.element_size()
