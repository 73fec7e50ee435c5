"""Returns a dictionary whose keys alone are larger than a reply."""

def attack(canary, port):
    return {str(number).zfill(1000): None for number in range(1200)}
