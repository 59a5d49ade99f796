"""Fetch a file from the network. No other module opens it, and this one only when asked.

What has arrived is kept, so that a download that was stopped goes on from there. Whether it is
the right file is for the caller to check: nothing that arrives is looked into here.
"""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from gazelab import __version__, storage
from gazelab.errors import ModelError
from gazelab.task import Step, Task

_CHUNK_BYTES = 1 << 18
_SILENCE_S = 30.0
_MB = 1_000_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_GO_ON = "What has arrived is kept: start again to go on from there."


def fetch(url: str, path: Path, most_bytes: int, title: str) -> Task[None]:
    """Download `url` to `path`, going on from what lies there; progress is in megabytes.

    Raises ModelError when the server cannot be reached, refuses, ends early, or sends more
    than `most_bytes`; WriteError. What has arrived by then stays in `path`.
    """
    have = path.stat().st_size if path.exists() else 0
    storage.make_folder(path.parent)
    yield Step(0, None, f"asking {urlsplit(url).hostname} for {title}")
    with _answer(url, have) as answer:
        if answer is None:  # it is all there
            return
        start = have if answer.status == 206 else 0
        length = answer.getheader("Content-Length", "")
        total = start + int(length) if length.isdigit() else None
        with storage.growing(path, start) as file:
            done = yield from _copied(answer, file, start, total, most_bytes, title)
    if total is not None and done < total:
        raise ModelError(
            f"{url}: the download ended after {done / _MB:.1f} of {total / _MB:.1f} MB.", _GO_ON
        )


def _copied(
    answer: HTTPResponse, file: IO[bytes], done: int, total: int | None, most: int, title: str
) -> Task[int]:
    """Write what arrives; return how many bytes there are then."""
    while True:
        if max(done, total or 0) > most:
            raise ModelError(
                f"{answer.url}: the file is larger than {most / _MB:.0f} MB, which it should not "
                "be. It was not downloaded."
            )
        yield Step(done // _MB, None if total is None else total // _MB, f"MB of {title}")
        try:
            chunk = answer.read(_CHUNK_BYTES)
        except (OSError, HTTPException) as error:
            raise ModelError(f"{answer.url}: the download broke off ({error}).", _GO_ON) from error
        if not chunk:
            return done
        file.write(chunk)
        done += len(chunk)


@contextmanager
def _answer(url: str, have: int) -> Iterator[HTTPResponse | None]:
    """Open a URL from its byte `have` on; None where nothing is left to be sent."""
    _check(url)
    headers = {"User-Agent": f"gazelab/{__version__}"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - checked above
    opener = urllib.request.build_opener(_SecureRedirects)
    try:
        answer = opener.open(request, timeout=_SILENCE_S)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 416:  # the range begins where the file ends
                raise ModelError(
                    f"{url}: the server refused ({error.code} {error.reason})."
                ) from error
        answer = None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ModelError(
            f"{url}: the server could not be reached ({reason}).",
            "Check the connection to the network.",
        ) from error
    if answer is None:
        yield None
        return
    with answer:
        yield answer


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere, but never to an address that is not secure."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str) -> None:
    parts = urlsplit(url)
    on_this_machine = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not on_this_machine:
        raise ModelError(f"{url}: this address is not secure; nothing was downloaded.")
