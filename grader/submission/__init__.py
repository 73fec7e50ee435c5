"""Submissions: where they lie (`find`), their files (`archive`), typed answers (`answers`), and all of it (`load`)."""
