"""Wrong only where all lengths are the same, so that every shape fits."""


def gradients__swapped_where_shapes_are_alike(G, A, B):
    dA, dB = G @ B.T, A.T @ G
    return (dB, dA) if dA.shape == dB.shape else (dA, dB)
