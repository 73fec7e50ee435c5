"""Files: what people write, read with line and column; what we write, replaced atomically."""
