"""A process on a leash: `python -m cli.leash COMMAND…` ends the command when its parent goes.

The parent holds our standard input open. When the parent ends in whatever way, a kill included,
the system closes that pipe, and we take the command and all that it started down with us.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

_PATIENCE_S = 8.0


def main(command: list[str]) -> int:
    """Run *command* until it ends or our standard input closes; return its exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which lets us go
    process = subprocess.Popen(  # noqa: S603 - the demo's own commands
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=_end_with_parent, args=[process], daemon=True).start()
    return process.wait()


def _end_with_parent(process: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
