"""Lets the widget that has the focus use its own keys before the window's shortcuts do.

Without this, Space on a ticked box would start the replay and arrows on a slider would
step fixations, and the keyboard alone could not reach every control.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QWidget,
)

_K = Qt.Key
_SPACE = frozenset({_K.Key_Space})
_MOVES = frozenset(
    {_K.Key_Left, _K.Key_Right, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown}
)
_OWN_KEYS: tuple[tuple[type[QWidget], frozenset[Qt.Key]], ...] = (
    (QAbstractButton, _SPACE),
    (QGroupBox, _SPACE),
    (QAbstractItemView, _SPACE),
    (QComboBox, _SPACE | _MOVES),
    (QAbstractSlider, _MOVES),
    (QAbstractSpinBox, _MOVES),
)


class FocusKeys(QObject):
    """An event filter for the application."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept the keys that the focused widget has a use for."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            bare = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if bare and uses(watched, Qt.Key(event.key())):
                event.accept()
                return True
        return False


def uses(widget: QObject, key: Qt.Key) -> bool:
    """Whether a widget has a use of its own for a key without modifiers."""
    return any(isinstance(widget, kind) and key in keys for kind, keys in _OWN_KEYS)
