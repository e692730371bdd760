"""`yuanwen serve`: the read-only web page and JSON API."""

import socket
from typing import Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import say
from pipelines.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY_IPV6_LITERAL = "["
"""What is left of `[::1]:8080` before the first colon; a literal address needs no name server, so nobody can point it elsewhere."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="port to listen on")] = 8080,
    name: Annotated[list[str] | None, typer.Option("--name", help="host name it is reached by, where that is not the address")] = None,
    per_second: Annotated[float, typer.Option("--rate", min=0, help="requests a second and client; 0: no limit")] = 20.0,
    db: DbOption = None,
) -> None:
    """Show the database in a browser and as JSON, read-only."""
    import uvicorn

    from storage.database import open_database
    from storage.reader.app import BURST, create_app
    from storage.reader.limits import RateLimit

    engine = open_database(load_config(db=db).db, upgrade=False)
    names = [*LOOPBACK, ANY_IPV6_LITERAL, host, *(name or [])] if name or host in LOOPBACK else ["*"]
    app = create_app(engine, names=names, rate=RateLimit(per_second, BURST) if per_second else None)
    # Addresses of clients are not taken from headers that clients can write.
    config = uvicorn.Config(app, log_level="warning", proxy_headers=False, server_header=False, limit_concurrency=200)
    try:
        with _listen(host, port) as listener:
            say(f"http://{f'[{host}]' if ':' in host else host}:{port}/ (Ctrl-C stops it)")
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        engine.dispose()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # Python adds what it was doing
        raise UsageError(f"{host} port {port} cannot be used ({reason}); choose another with --host or --port") from error
