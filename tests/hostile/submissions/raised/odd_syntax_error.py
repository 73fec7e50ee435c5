"""Raises an error of syntax whose facts are of other kinds than such an error has."""


class Path(str):
    def startswith(self, *anything):
        return True

    def removeprefix(self, *anything):
        return "<script>alert(1)</script>" * 50


def attack(canary, port):
    error = SyntaxError("odd")
    error.filename, error.lineno, error.msg = Path("x"), 10**5000, ["not", "text"]
    raise error
