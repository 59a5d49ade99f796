"""The guards around every test hold: no network, a home of its own, one thread a library."""

import os
import socket
from pathlib import Path

import platformdirs
import pytest


@pytest.mark.parametrize("address", [("203.0.113.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_a_connection_to_elsewhere_is_refused(
    address: tuple[str, int], network_attempts: list[str]
) -> None:
    family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
    with socket.socket(family) as door, pytest.raises(RuntimeError, match=address[0]):
        door.connect(address)
    assert len(network_attempts) == 1
    network_attempts.clear()


def test_a_look_up_of_a_name_is_refused(network_attempts: list[str]) -> None:
    with pytest.raises(RuntimeError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)
    network_attempts.clear()


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        server.accept()[0].close()


def test_the_users_folders_are_not_touched(tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    assert "gazelab-tests-" in home.name
    assert Path(platformdirs.user_data_dir("gazelab")).is_relative_to(home)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
