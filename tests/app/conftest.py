"""What holds for every test of the window: own settings, and nothing left running."""

import gc
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    """Give each test an empty settings file."""
    folder = str(tmp_path / "settings")
    for layout in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(layout, QSettings.Scope.UserScope, folder)


class Started:
    """The Qt objects of one class that were started since `watch`, without keeping them alive."""

    def __init__(self) -> None:
        self._references: list[weakref.ref[QObject]] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch, kind: type[QObject]) -> None:
        """Note every object of `kind` whose `start` is called from Python."""
        # a plain function: a mock in place of a Qt method crashes PySide6
        original: Callable[..., None] = kind.start  # type: ignore[attr-defined]
        references = self._references

        def start(self: QObject, *arguments: object, **named: object) -> None:
            references.append(weakref.ref(self))
            original(self, *arguments, **named)

        monkeypatch.setattr(kind, "start", start)

    def alive(self) -> list[QObject]:
        """Return those that Python and Qt both still hold."""
        objects = (reference() for reference in self._references)
        return [item for item in objects if item is not None and shiboken6.isValid(item)]


def describe(item: QObject) -> str:
    """Return the class and object name, to find what was left over."""
    return f"{type(item).__name__}({item.objectName()!r})"


def delete_what_was_handed_to_qt() -> None:
    """Carry out every pending deleteLater and drop reference cycles."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def leaks(before: set[threading.Thread], widgets: set[int], started: Started) -> list[str]:
    """Return a description of each thread, timer and window left over by a test."""
    found = [
        f"thread {thread.name}"
        for thread in threading.enumerate()
        # a thread of Qt that once called Python shows up as a dummy until it ends
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    for item in started.alive():
        if isinstance(item, QThread) and item.isRunning():
            found.append(f"running {describe(item)}")
        if isinstance(item, QTimer) and item.isActive():
            found.append(f"active {describe(item)}")
    found += [
        f"window {describe(widget)}"
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in widgets
    ]
    return found


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which tests failed: their tracebacks keep alive what they made."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def _nothing_left_running(
    request: pytest.FixtureRequest, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that leaves a thread, a QThread, an active QTimer or a window behind.

    Windows given to `qtbot.addWidget` are closed before this looks.
    """
    before = set(threading.enumerate())
    old_windows = QApplication.topLevelWidgets()
    started = Started()
    for kind in (QThread, QTimer):
        started.watch(monkeypatch, kind)
    yield
    if request.node.stash.get(FAILED, False):
        return
    widgets = {id(widget) for widget in old_windows}
    if leaks(before, widgets, started):
        delete_what_was_handed_to_qt()
    assert not leaks(before, widgets, started), "left over by this test"
