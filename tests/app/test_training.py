"""Training from the window: in a process of its own, watched, stopped and continued."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from tiny_training import gaze_study, write_config

from gazelab.app.jobs import Job
from gazelab.app.window import MainWindow
from gazelab.nets.card import cards
from gazelab.paths import user_models
from gazelab.study.train import was_stopped

LONG_MS = 120_000
"""The child imports the networks first."""


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()
    shutil.rmtree(user_models() / "window-sam", ignore_errors=True)


def _config(folder: Path, epochs: int, extra: str = "") -> Path:
    return write_config(gaze_study(folder), epochs, extra, "window-sam")


def _choose(window: MainWindow, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(config), ""))
    window.actions_by_id["train"].trigger()


def _boxes(window: MainWindow) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def _answer(word: str) -> None:
    """Click the button with this word in the question that is about to be asked."""

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if word in button.text()).click()

    QTimer.singleShot(0, click)


def test_a_trained_model_is_told_of_and_listed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = window.analyses.training.jobs
    with qtbot.waitSignal(jobs.finished, timeout=LONG_MS):
        _choose(window, _config(tmp_path, epochs=2), monkeypatch)
        dialog = window.analyses.training.dialog
        assert dialog is not None and dialog.isVisible()
        assert not window.jobs.busy  # other work need not wait
        numbers: list[str] = []
        jobs.progressed.connect(lambda _: numbers.append(dialog.numbers.toPlainText()))
    assert any("val_loss" in text for text in numbers)
    (box,) = _boxes(window)
    assert "in the list of models now, as window-sam" in box.text()
    assert "NSS" in box.text()
    assert "window-sam" in {card.id for card in cards()}
    assert window.analyses.training.dialog is None


def test_a_stopped_run_is_continued(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(tmp_path, epochs=500)
    jobs = window.analyses.training.jobs

    def well_under_way(job: Job) -> bool:
        return bool(job.latest.total == 1000 and job.latest.done > 2)

    with qtbot.waitSignal(jobs.progressed, timeout=LONG_MS, check_params_cb=well_under_way):
        _choose(window, config, monkeypatch)
    dialog = window.analyses.training.dialog
    assert dialog is not None and "loss" in dialog.state.text()
    dialog.reject()
    assert jobs.busy
    window.actions_by_id["train"].trigger()
    assert dialog.isVisible()
    with qtbot.waitSignal(jobs.cancelled, timeout=LONG_MS):
        dialog.stop.click()
    assert was_stopped(config)
    assert "to continue" in _boxes(window)[0].text()

    _answer("Cancel")
    _choose(window, config, monkeypatch)
    assert not jobs.busy
    done: list[int] = []
    jobs.progressed.connect(lambda job: job.latest.total and done.append(job.latest.done))
    with qtbot.waitSignal(jobs.progressed, timeout=LONG_MS, check_params_cb=well_under_way):
        _answer("Continue")
        _choose(window, config, monkeypatch)
    first = next(number for number in done if number)
    assert first > 2


def test_a_wrong_configuration_is_told_and_nothing_runs(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(tmp_path, epochs=1, extra="colour = 1")
    _choose(window, config, monkeypatch)
    (box,) = _boxes(window)
    assert "colour" in box.text()
    assert not window.analyses.training.jobs.busy


def test_what_goes_wrong_in_the_process_is_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(tmp_path, epochs=1)
    (tmp_path / "fixations.csv").unlink()
    with qtbot.waitSignal(window.analyses.training.jobs.failed, timeout=LONG_MS):
        _choose(window, config, monkeypatch)
    (box,) = _boxes(window)
    assert "fixations.csv" in box.text()
    assert window.analyses.training.dialog is None
