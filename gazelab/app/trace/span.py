"""The stretch of time that the trace shows. Knows no Qt."""

from dataclasses import dataclass

LEAST_MS = 20.0
"""The shortest stretch: at 1000 Hz, twenty samples."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` to `stop_ms`."""

    start_ms: float
    stop_ms: float

    @property
    def length_ms(self) -> float:
        """How long it is."""
        return self.stop_ms - self.start_ms

    @property
    def middle_ms(self) -> float:
        """Its middle."""
        return (self.start_ms + self.stop_ms) / 2

    def holds(self, time_ms: float) -> bool:
        """Whether a time lies in it."""
        return self.start_ms <= time_ms <= self.stop_ms

    def share_of(self, time_ms: float) -> float:
        """Return where a time lies, 0 at the start and 1 at the stop."""
        return (time_ms - self.start_ms) / self.length_ms

    def time_at(self, share: float) -> float:
        """Return the time at a share of the way."""
        return self.start_ms + share * self.length_ms

    def zoomed(self, factor: float, at_ms: float, whole: "Span") -> "Span":
        """Return a span `factor` times as long in which `at_ms` stays at its place."""
        least = min(LEAST_MS, whole.length_ms)
        length = min(max(self.length_ms * factor, least), whole.length_ms)
        share = min(max(self.share_of(at_ms), 0.0), 1.0)
        start = at_ms - share * length
        return Span(start, start + length).inside(whole)

    def panned(self, by_ms: float, whole: "Span") -> "Span":
        """Return the span moved, but not out of the whole."""
        return Span(self.start_ms + by_ms, self.stop_ms + by_ms).inside(whole)

    def showing(self, time_ms: float, whole: "Span") -> "Span":
        """Return a span of the same length that holds a time: itself, or the next page."""
        if self.holds(time_ms):
            return self
        return self.panned(time_ms - self.start_ms - 0.05 * self.length_ms, whole)

    def inside(self, whole: "Span") -> "Span":
        """Return the span moved into the whole, and shortened to it where longer."""
        if self.length_ms >= whole.length_ms:
            return whole
        start = min(max(self.start_ms, whole.start_ms), whole.stop_ms - self.length_ms)
        return Span(start, start + self.length_ms)
