"""The words of the trace."""

from PySide6.QtCore import QCoreApplication

from gazelab.app.trace.bands import BLINK, FIXATION
from gazelab.app.trace.series import Lane


def kind_word(kind: str) -> str:
    """Return the word for a kind of stretch."""
    translate = QCoreApplication.translate
    if kind == FIXATION:
        return translate("trace", "fixation")
    return translate("trace", "blink") if kind == BLINK else translate("trace", "saccade")


def lane_word(lane: Lane) -> str:
    """Return the name of a lane with its unit."""
    translate = QCoreApplication.translate
    word = {
        "x": translate("trace", "x"),
        "y": translate("trace", "y"),
        "velocity": translate("trace", "velocity"),
        "pupil": translate("trace", "pupil"),
    }[lane.name]
    return f"{word} {lane.unit}".rstrip()


def kind_letter(kind: str) -> str:
    """Return the letter for a kind of stretch, where there is no room for its word."""
    translate = QCoreApplication.translate
    return translate("trace", "B") if kind == BLINK else translate("trace", "S")
