"""Run a command, `child.py LIMIT COMMAND...`, and print as JSON what it cost. It is killed after LIMIT seconds of CPU.

This stands between the benchmark and what it measures because Linux counts the memory of the process that starts
another as the other's own. So it loads as little as it can, and is run without site packages.
"""

import json
import os
import resource
import sys


def main() -> None:
    limit, *command = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    # Linux gives kilobytes, macOS bytes. The command has waited for its own children, so theirs are in the figures.
    unit = 1024 if sys.platform == "linux" else 1
    cost = {"cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * unit}
    print(json.dumps(cost | {"status": os.waitstatus_to_exitcode(status)}))


if __name__ == "__main__":
    main()
