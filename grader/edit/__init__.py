"""The student's own page: the sheet with a box for each answer, on the files of one folder."""
