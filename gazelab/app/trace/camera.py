"""Which stretch of time is on display, and how it moves."""

from PySide6.QtCore import QObject, Signal

from gazelab.app.trace.span import Span


class TimeCamera(QObject):
    """A span inside the whole of a recording."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.whole = self.span = Span(0.0, 1.0)

    def set_whole(self, whole: Span) -> None:
        """Show all of another recording."""
        self.whole = whole
        self.show(whole)

    def show(self, span: Span) -> None:
        """Show a stretch of time, as far as there is one."""
        span = span.inside(self.whole)
        if span != self.span:
            self.span = span
            self.changed.emit()

    def fit(self) -> None:
        """Show all of it."""
        self.show(self.whole)

    def zoom_at(self, at_ms: float, factor: float) -> None:
        """Show a stretch `factor` times as long in which `at_ms` stays where it is."""
        self.show(self.span.zoomed(factor, at_ms, self.whole))

    def pan(self, share: float) -> None:
        """Move by a share of what is on display."""
        self.show(self.span.panned(share * self.span.length_ms, self.whole))

    def pan_to_end(self, way: int) -> None:
        """Move to the first (-1) or the last (+1) sample."""
        self.show(self.span.panned(way * self.whole.length_ms, self.whole))

    def follow(self, time_ms: float) -> None:
        """Turn the page where a time of the recording is not on display."""
        if self.whole.holds(time_ms):
            self.show(self.span.showing(time_ms, self.whole))
