"""The guards around every test of the window see what they are there to see."""

import re
import shutil
from pathlib import Path

import pytest

GUARDS = Path(__file__).parent / "conftest.py"

TESTS = """
    import threading
    from PySide6.QtCore import QSettings, QThread, QTimer
    from PySide6.QtWidgets import QDialog, QLabel, QWidget

    kept = []
    stop = threading.Event()

    def test_leaves_a_thread():
        threading.Thread(target=stop.wait, args=(30,), daemon=True).start()

    def test_leaves_a_qthread():
        kept.append(QThread())
        kept[-1].start()

    def test_leaves_a_timer():
        kept.append(QTimer())
        kept[-1].start(1000)

    def test_leaves_a_window():
        kept.append(QWidget())

    def test_fails_and_leaves_a_window():
        kept.append(QWidget())
        raise AssertionError

    def test_changes_a_setting():
        settings = QSettings("GazeLab", "GazeLab")
        settings.setValue("a", 1)
        settings.sync()
        assert QSettings("GazeLab", "GazeLab").value("a") is not None

    def test_does_not_see_the_setting():
        assert QSettings("GazeLab", "GazeLab").value("a") is None

    def test_is_tidy(qtbot):
        timer = QTimer()
        timer.start(1000)
        timer.stop()
        thread = QThread()
        thread.start()
        thread.quit()
        thread.wait()
        worker = threading.Thread(target=print)
        worker.start()
        worker.join()
        label = QLabel("x")
        qtbot.addWidget(label)
        label.show()
        QTimer(label).start(1000)
        dialog = QDialog()
        dialog.deleteLater()

    def teardown_module():
        stop.set()
        for item in kept:
            if isinstance(item, QThread):
                item.quit()
                item.wait()
    """


def test_what_is_left_over_fails_the_test_that_left_it(pytester: pytest.Pytester) -> None:
    shutil.copy(GUARDS, pytester.path / "conftest.py")
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-rA", "-p", "no:cacheprovider", "-p", "no:xdist")
    said = re.findall(r"^(ERROR|FAILED) \S+::test_(\w+)", result.stdout.str(), re.MULTILINE)
    assert sorted(said) == [
        ("ERROR", "leaves_a_qthread"),
        ("ERROR", "leaves_a_thread"),
        ("ERROR", "leaves_a_timer"),
        ("ERROR", "leaves_a_window"),
        ("FAILED", "fails_and_leaves_a_window"),
    ]
    assert result.parseoutcomes()["passed"] == 7  # the four that left something pass before
