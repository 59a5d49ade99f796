"""A server of files on this machine that can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Files:
    """What a server gives, and how.

    content : by path. cut_at : bytes after which the connection ends, once. ranges : whether a
    download can go on where it stopped. silent : say no length. redirect : to there. asked : the
    range of each request, "" where it asked for all. stall : set to let a waiting answer go on.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    cut_at: int | None = None
    ranges: bool = True
    silent: bool = False
    redirect: str = ""
    asked: list[str] = field(default_factory=list)
    stall: threading.Event | None = None
    address: str = ""


@contextmanager
def serving(files: Files) -> Iterator[Files]:
    """Serve files on the loopback interface while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, files)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    files.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield files
    finally:
        if files.stall is not None:
            files.stall.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, files: Files) -> None:
    asked = request.headers.get("Range", "")
    files.asked.append(asked)
    content = files.content.get(request.path)
    if files.redirect:
        request.send_response(302)
        request.send_header("Location", files.redirect)
        request.end_headers()
        return
    if content is None:
        request.send_error(404)
        return
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and files.ranges else 0
    if start >= len(content):
        request.send_error(416)
        return
    request.send_response(206 if start else 200)
    if not files.silent:
        request.send_header("Content-Length", str(len(content) - start))
    request.end_headers()
    end, files.cut_at = files.cut_at, None
    try:
        request.wfile.write(content[start:end])
        if files.stall is not None:
            request.wfile.flush()
            files.stall.wait()
    except OSError:
        pass  # the other side has gone
