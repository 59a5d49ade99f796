"""What holds for every test: no screen, no network, no trace in the user's folders."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before numpy, torch or Qt are imported: they read these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import hypothesis  # noqa: E402
import pytest  # noqa: E402

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile(
    "gazelab", deadline=None, derandomize="CI" in os.environ, database=None
)
hypothesis.settings.load_profile("gazelab")


def pytest_configure(config: pytest.Config) -> None:
    """Give the whole run a home folder of its own."""
    home = Path(tempfile.mkdtemp(prefix="gazelab-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(home)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)  # Qt warns unless it belongs to the user alone
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


class NetworkUsed(RuntimeError):
    """Something tried to leave this machine; not an OSError, so that no fallback hides it."""


_attempts: list[str] = []


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        target = arguments[1]
        host = target[0] if isinstance(target, tuple) else "localhost"  # else a local path
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        _attempts.append(f"{event} {host}")
        raise NetworkUsed(f"{event}: {host}")


sys.addaudithook(_refuse_network)


@pytest.fixture
def network_attempts() -> list[str]:
    """Return the connections tried so far; a test that tries one on purpose clears the list."""
    return _attempts


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that tried to reach the network, even if the code swallowed the refusal."""
    _attempts.clear()
    yield
    assert not _attempts, f"the test tried to use the network: {_attempts}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real recordings beside the project; skip where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real recordings (../shared/data) are not on this machine")
    return folder
