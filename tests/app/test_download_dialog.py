"""Downloading in the window: what is said before, and what comes of it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gazelab.app import analyses
from gazelab.app.dialogs.download import DownloadDialog
from gazelab.app.window import MainWindow
from gazelab.nets.card import load_card
from gazelab.nets.pretrained import PRETRAINED, TERMS
from gazelab.paths import shipped
from gazelab.study import download
from gazelab.task import Step


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def test_size_address_and_terms_are_said_before_anything_is_downloaded(qtbot: QtBot) -> None:
    dialog = DownloadDialog(None)
    qtbot.addWidget(dialog)
    for place, known in enumerate(PRETRAINED):
        dialog.model.setCurrentIndex(place)
        assert dialog.choice == known
        assert dialog.megabytes.text() == f"{known.megabytes:.0f} MB"
        assert dialog.address.text() == known.url
    words = {label.text() for label in dialog.findChildren(type(dialog.megabytes))}
    assert TERMS in words


@pytest.mark.parametrize(("key", "agreed"), [(Qt.Key.Key_Return, True), (Qt.Key.Key_Escape, False)])
def test_enter_downloads_and_escape_does_not(qtbot: QtBot, key: Qt.Key, agreed: bool) -> None:
    dialog = DownloadDialog(None)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.finished) as finished:
        qtbot.keyClick(dialog.model, key)
    assert bool(finished.args[0]) == agreed


def test_a_download_is_a_job_that_tells_its_end(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, said = [], []

    def arrive(wanted):
        asked.append(wanted.id)
        yield Step(1, 2, "MB of something")
        return load_card(shipped("models") / "cam")

    monkeypatch.setattr(DownloadDialog, "ask", lambda *_: PRETRAINED[1])
    monkeypatch.setattr(download, "download_apart", arrive)
    monkeypatch.setattr(analyses, "tell", lambda *words: said.append(words[2]))
    with qtbot.waitSignal(window.jobs.finished):
        window.actions_by_id["download"].trigger()
    assert asked == ["vgg16"]
    assert said == ["CAM classifier is installed: choose it when you run a model."]
