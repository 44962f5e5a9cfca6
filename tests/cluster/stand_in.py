"""Stands in for a service's process, where how processes are kept is tried rather than what they do.

`stand_in.py SERVICE KIND` is ready on COMITIA_METRICS_LISTEN, says its settings, and ends on SIGTERM. COMITIA_DEPLOYMENT
says how it misbehaves: `never-ready`, `cannot-start`, `fails`, `never-ends`.
"""

from __future__ import annotations

import http.server
import os
import signal
import sys
import threading

MANNER = os.environ.get("COMITIA_DEPLOYMENT", "")


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the standard library's name
        self.send_response(503 if MANNER == "never-ready" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


def main(service: str, kind: str) -> int:
    if MANNER == "cannot-start":
        sys.stderr.write("error: COMITIA_LISTEN: no such place\n")
        return 2
    if MANNER == "fails":
        raise RuntimeError("it is broken")
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    told = {name: value for name, value in sorted(os.environ.items()) if name.startswith("COMITIA_")}
    sys.stdout.write(f"{service} {kind} as {os.getpid()} with {told}\n")
    sys.stdout.flush()
    host, _, port = os.environ["COMITIA_METRICS_LISTEN"].rpartition(":")
    server = http.server.ThreadingHTTPServer((host, int(port)), Answers)
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    while signal.sigwait([signal.SIGTERM]) and MANNER == "never-ends":
        continue
    sys.stdout.write(f"{service} {kind} drained\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
