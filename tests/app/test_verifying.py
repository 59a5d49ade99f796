"""The numbers of reference implementations, found again from the Help menu."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gazelab.app.window import MainWindow
from gazelab.metrics import golden


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


def verified(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.jobs.finished):
        window.actions_by_id["verify"].trigger()


def test_all_numbers_are_found_again_without_a_project(window: MainWindow, qtbot: QtBot) -> None:
    verified(window, qtbot)
    (box,) = window.findChildren(QMessageBox)
    expected = "72 of 72 numbers of reference implementations were found again."
    assert box.windowTitle() == "Verify metrics"
    assert box.text() == expected
    box.close()


def test_a_number_that_is_not_found_again_is_named(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(golden.OF_MAPS, "nss", (1.9, golden.OF_MAPS["nss"][1]))
    verified(window, qtbot)
    (box,) = window.findChildren(QMessageBox)
    first, wrong = box.text().splitlines()
    assert first.startswith("71 of 72 numbers")
    assert wrong == "nss, smooth map: 1.9 expected, 1.95980905909 found"
    box.close()


def test_many_wrong_numbers_scroll(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in golden.OF_MAPS:
        monkeypatch.setitem(golden.OF_MAPS, name, (9.0, 9.0))
    verified(window, qtbot)
    (shown,) = (
        text for d in window.findChildren(QDialog) for text in d.findChildren(QPlainTextEdit)
    )
    assert len(shown.toPlainText().splitlines()) == 1 + 2 * len(golden.OF_MAPS)
    shown.window().close()


def test_the_numbers_are_computed_off_the_thread_of_the_window(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def verify() -> Iterator[golden.Verified]:
        threads.append(threading.current_thread())
        yield golden.Verified("nss", "smooth map", 1.0, 1.0)

    monkeypatch.setattr(golden, "verify", verify)
    verified(window, qtbot)
    assert threads[0] is not threading.main_thread()
    window.findChildren(QMessageBox)[0].close()
