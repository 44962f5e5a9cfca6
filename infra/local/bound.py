"""Becomes the command it is given, bound to the life of the program that started it: `bound.py PARENT COMMAND…`.

When the parent (its process id) is killed, however, so is the command. The parent must start it from a thread that
lives as long as the command may: to the kernel the parent is that thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Does not return."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        raise SystemExit("the program that started this one is gone")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
