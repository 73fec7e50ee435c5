"""Changes kernel settings."""

def attack(canary, port):
    found = []
    for name in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/1/oom_score_adj",
                 "/proc/sys/user/max_user_namespaces", "/proc/sys/vm/overcommit_memory"):
        try:
            with open(name, "w") as file:
                file.write("1")
            found.append(name)
        except OSError:
            pass
    return found
