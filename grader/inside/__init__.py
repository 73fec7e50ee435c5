"""Everything that student code ever shares a process with, besides `grader.wire`.

Owns the inner side of the wall: the loop that answers requests (`serve`), what one probe does (`calls`), the
step between live objects and `Value` (`live`), and on Linux the warm process that forks (`zygote`, `warden`)
and the kernel's means to close a process in (`kernel`, `seccomp`, `landlock`). Holds no answer, no seed and
no check, and trusts nothing that runs after `serve` starts. Copied, read-only, into every sandbox.
"""
