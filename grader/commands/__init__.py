"""What each command does, one file per command; options and exit codes belong to `grader.cli`."""
