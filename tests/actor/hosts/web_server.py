"""A web server on loopback, for tests of who asks one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Seen:
    """A request as it came in; names of headers in lower case."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class WebServer:
    """What it was asked, and what it answers by path: bytes as they go over the line."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    silent: threading.Event = field(default_factory=threading.Event)
    """Set once `/silence` was asked for, which is never answered."""
    gone: threading.Event = field(default_factory=threading.Event)
    """Set once whoever asked for it has gone."""

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


def answer(status: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A response as it goes over the line."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A server that runs."""
    server = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            """Answers anything alike."""
            self.close_connection = True
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            server.seen.append(Seen(self.requestline, headers, body))
            if self.path == "/silence":
                server.silent.set()
                self.rfile.read(1)
                server.gone.set()
                return
            self.wfile.write(server.answers.get(self.path, answer("404 Not Found")))

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as real:
        server.port = real.server_address[1]
        thread = threading.Thread(target=real.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            real.shutdown()
            thread.join()
