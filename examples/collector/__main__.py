"""``python -m collector``: the service with its demonstration page, for trying it out."""

import argparse
import os
import secrets

import uvicorn

from collector.app import Collector, create_app
from collector.settings import Settings

__all__ = ["main"]


def main() -> None:
    """Serve until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m collector", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--local-sink",
        action="store_true",
        help="show the messages on the page and here; send nothing to Customer.io",
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        help="keep the sessions in redis://... or postgresql://..., for any number of workers",
    )
    options = parser.parse_args()
    given = dict(os.environ)
    if options.store:
        given["COLLECTOR_STORE"] = options.store
        given.setdefault("COLLECTOR_SECRET", secrets.token_urlsafe(32))  # of this process alone
    if options.local_sink:
        given["COLLECTOR_LOCAL_SINK"] = "1"
    own = (f"http://{host}:{options.port}" for host in (options.host, "localhost"))
    given.setdefault("COLLECTOR_ORIGINS", ",".join(own))
    try:
        settings = Settings.from_environment(given)
    except ValueError as error:
        parser.error(str(error))
    print(f"The page: http://{options.host}:{options.port}/", flush=True)
    uvicorn.run(
        create_app(Collector(settings)),
        host=options.host,
        port=options.port,
        log_level="warning",
        proxy_headers=False,
        limit_concurrency=2_000,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
