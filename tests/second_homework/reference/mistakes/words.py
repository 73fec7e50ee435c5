"""Wrong distances."""


def without_replacing(a, b):
    before = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            row.append(before[j - 1] if one == other else min(before[j] + 1, row[j - 1] + 1))
        before = row
    return before[-1]


def hamming(a, b):
    return sum(one != other for one, other in zip(a, b, strict=False)) + abs(len(a) - len(b))


def cubic(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                table[i][j] = i + j
                continue
            best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            for k in range(i):
                best = min(best, table[k][j] + i - k)
            for k in range(j):
                best = min(best, table[i][k] + j - k)
            table[i][j] = best
    return table[-1][-1]
