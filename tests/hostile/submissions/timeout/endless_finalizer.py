"""Returns at once, and never ends to take its leave."""


class Leave:
    def __del__(self):
        while True:
            pass


def attack(canary, port):
    leave = Leave()
    return []
