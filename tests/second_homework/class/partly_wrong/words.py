"""Letters compared one by one."""


def distance(a, b):
    return sum(one != other for one, other in zip(a, b, strict=False)) + abs(len(a) - len(b))
