"""Wrong variants of students' functions, which `hw11 validate` plants."""


def in_degrees(r, n):
    """Degrees where radians are asked for."""
    return [360 * i / n + 1 for i in range(n)]
