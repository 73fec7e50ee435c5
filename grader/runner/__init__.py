"""Everything that student code ever shares a process with: the only folder that goes inside the sandbox.

Owns values and their bytes (`values`, `codec`, `protocol`), the loop that answers requests (`serve`), what one probe
does (`call`), and the step between live objects and values (`convert`). How a process starts is in `entry/`, the
locks of the kernel in `linux/`. Holds no answer, no seed and no check, and trusts nothing that runs after `serve`
starts. Copied, read-only, into every sandbox.
"""
