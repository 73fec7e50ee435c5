"""What the standard library lacks of Linux, and the two locks behind the mounts: Landlock and seccomp."""
