"""The marking desk: a local web application in which people decide what the grader cannot or may not decide."""
