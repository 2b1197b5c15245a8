"""The practice server's process: the seeded account behind HTTP, until its standard input closes.

Run by `srtui.demo.lab`. It prints one JSON line when it is ready; everything else it has to say goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from datetime import UTC, datetime

from srtui.demo.policies import ACCOUNT


def main() -> int:
    """Serve until the parent closes standard input or goes away."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--now", help="the time that ages are counted back from (ISO 8601)")
    parser.add_argument("--empty", action="store_true", help="serve an account without anything in it")
    options = parser.parse_args()
    now = datetime.fromisoformat(options.now) if options.now else datetime.now(UTC).replace(microsecond=0)
    os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT)
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # The server prints tracebacks for calls it does not know; the line below must stay the only one on stdout.
    ready = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    endpoint = serve(now, empty=options.empty)
    ready.write(json.dumps({"endpoint": endpoint, "now": now.isoformat()}) + "\n")
    ready.flush()
    sys.stdin.read()
    return 0


def serve(now: datetime, *, empty: bool) -> str:
    """Start the server on a free port of the loopback address, seeded; returns its address."""
    from threading import Thread

    from moto.moto_api._internal import mock_random
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    from srtui.demo.overlay import Overlay
    from srtui.demo.seed import age, seed

    mock_random.seed(20261101)  # the same ids in every recording
    app = Overlay(DomainDispatcherApplication(create_backend_app), now)
    server = make_server("127.0.0.1", 0, app, True, request_handler=MotoRequestHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    if not empty:
        seed(endpoint)
        age(now)
    return endpoint


if __name__ == "__main__":
    raise SystemExit(main())
