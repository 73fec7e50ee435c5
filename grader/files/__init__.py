"""Files as people write them, read with their places; files of ours, written whole or not at all."""
