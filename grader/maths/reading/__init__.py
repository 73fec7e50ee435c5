"""Reading typed mathematics: from characters to one small tree with columns, and back to text and LaTeX."""
