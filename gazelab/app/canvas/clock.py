"""The playback clock: a position that runs with real time, at a chosen speed."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
"""Speeds offered to the user, as multiples of recorded time."""

_INTERVAL_MS = 16


class PlaybackClock(QObject):
    """Play, pause, seek and loop over `duration_ms` milliseconds.

    The position follows elapsed time, not the number of ticks, so a slow repaint drops
    frames and never slows the replay down.

    now_ms : source of time in milliseconds; None takes the monotonic clock.
    """

    moved = Signal(float)
    """The position in milliseconds, whenever it has changed."""
    playing_changed = Signal(bool)

    def __init__(
        self, parent: QObject | None = None, now_ms: Callable[[], float] | None = None
    ) -> None:
        super().__init__(parent)
        self._now_ms = now_ms or _monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.tick)
        self._position_ms = 0.0
        self._duration_ms = 0.0
        self._speed = 1.0
        self._loop = False
        self._last_ms = 0.0

    @property
    def position_ms(self) -> float:
        """Where the replay is."""
        return self._position_ms

    @property
    def duration_ms(self) -> float:
        """Where the replay ends."""
        return self._duration_ms

    @property
    def playing(self) -> bool:
        """Whether the position runs."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """Recorded milliseconds in one real millisecond."""
        return self._speed

    @property
    def loop(self) -> bool:
        """Whether the replay starts again at its end."""
        return self._loop

    def play(self) -> None:
        """Run from the position, or from the start when the end was reached."""
        if self.playing or self._duration_ms <= 0:
            return
        if self._position_ms >= self._duration_ms:
            self.seek(0.0)
        self._last_ms = self._now_ms()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop at the position."""
        if self.playing:
            self.tick()
        self._stop()

    def toggle(self) -> None:
        """Play when paused, pause when playing."""
        self.pause() if self.playing else self.play()

    def seek(self, position_ms: float) -> None:
        """Go to a position, limited to 0 ... duration."""
        position_ms = min(max(float(position_ms), 0.0), self._duration_ms)
        self._last_ms = self._now_ms()
        if position_ms != self._position_ms:
            self._position_ms = position_ms
            self.moved.emit(position_ms)

    def set_duration(self, duration_ms: float) -> None:
        """Set where the replay ends; a position beyond it moves there."""
        self._duration_ms = max(float(duration_ms), 0.0)
        if self._duration_ms <= 0:
            self._stop()
        if self._position_ms > self._duration_ms:
            self.seek(self._duration_ms)

    def set_speed(self, speed: float) -> None:
        """Set the speed. ValueError unless it is above 0."""
        if not speed > 0:
            raise ValueError(f"speed {speed} is not above 0")
        if self.playing:
            self.tick()
        self._speed = float(speed)

    def set_loop(self, loop: bool) -> None:
        """Set whether the replay starts again at its end."""
        self._loop = loop

    def tick(self) -> None:
        """Move on by the time that has passed; the timer calls this while playing."""
        if not self.playing:
            return
        position_ms = self._position_ms + (self._now_ms() - self._last_ms) * self._speed
        if position_ms < self._duration_ms:
            self.seek(position_ms)
        elif self._loop:
            self.seek(position_ms % self._duration_ms)
        else:
            self._stop()
            self.seek(self._duration_ms)

    def _stop(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)


def _monotonic() -> Callable[[], float]:
    timer = QElapsedTimer()
    timer.start()
    return lambda: timer.nsecsElapsed() / 1e6
