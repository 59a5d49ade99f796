"""The camera that panes share: which part of the stimulus is seen, and how large."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

MARGIN_PX = 8.0
"""Free space around the stimulus when it is fitted, in screen pixels."""

_MIN_SIDE_PX = 16.0
_LEGENDS_PX = 96.0
_MAX_SCALE = 64.0


@dataclass(frozen=True, slots=True)
class View:
    """Stimulus pixels <-> screen pixels of one pane: screen = offset + scale * stimulus.

    scale : screen pixels in one stimulus pixel. x_px, y_px : where the top-left corner of
    the stimulus lies on the screen. All screen pixels are device independent.
    """

    scale: float
    x_px: float
    y_px: float

    def to_screen(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Return where a point of the stimulus lies on the screen."""
        return self.x_px + self.scale * x_px, self.y_px + self.scale * y_px

    def to_stimulus(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Return which point of the stimulus lies at a point of the screen."""
        return (x_px - self.x_px) / self.scale, (y_px - self.y_px) / self.scale


def fitted(stimulus: tuple[float, float], viewport: tuple[float, float]) -> View:
    """Return the view that shows a whole stimulus in the middle of a viewport.

    Where height is left, it is a little above the middle: the legends are below.

    stimulus, viewport : (width, height) in stimulus and screen pixels.
    """
    width, height = max(stimulus[0], 1.0), max(stimulus[1], 1.0)
    scale = min(
        max(viewport[0] - 2 * MARGIN_PX, _MIN_SIDE_PX) / width,
        max(viewport[1] - 2 * MARGIN_PX, _MIN_SIDE_PX) / height,
    )
    free = max(viewport[1] - 2 * MARGIN_PX - scale * height, 0.0)
    up = min(_LEGENDS_PX, free, scale * height) / 2
    return centred(scale, (width / 2, height / 2 + up / scale), viewport)


def centred(scale: float, centre: tuple[float, float], viewport: tuple[float, float]) -> View:
    """Return the view with a point of the stimulus in the middle of a viewport."""
    return View(scale, viewport[0] / 2 - scale * centre[0], viewport[1] / 2 - scale * centre[1])


class Camera(QObject):
    """What all panes look at: a point of the stimulus in their middle, and a scale.

    While fitted, each pane shows the whole stimulus; zooming or panning in one pane sets
    the same centre and scale for all.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stimulus = (1.0, 1.0)
        self._scale: float | None = None
        self._centre = (0.5, 0.5)

    @property
    def is_fitted(self) -> bool:
        """Whether panes show the whole stimulus."""
        return self._scale is None

    @property
    def stimulus_size(self) -> tuple[float, float]:
        """(width, height) of the stimulus in its pixels."""
        return self._stimulus

    def set_stimulus_size(self, width_px: float, height_px: float) -> None:
        """Tell the size of the stimulus; another size than before is fitted anew."""
        if (width_px, height_px) != self._stimulus:
            self._stimulus = (float(width_px), float(height_px))
            self._scale = None
            self.changed.emit()

    def view(self, width_px: float, height_px: float) -> View:
        """Return the view of a pane of this size."""
        viewport = (width_px, height_px)
        if self._scale is None:
            return fitted(self._stimulus, viewport)
        return centred(self._scale, self._centre, viewport)

    def fit(self) -> None:
        """Show the whole stimulus."""
        if self._scale is not None:
            self._scale = None
            self.changed.emit()

    def zoom_at(
        self, point: tuple[float, float], factor: float, viewport: tuple[float, float]
    ) -> None:
        """Scale by `factor` and keep what lies at a point of the screen where it is.

        point : screen pixels in the pane. viewport : (width, height) of that pane.
        """
        view = self.view(*viewport)
        smallest = min(fitted(self._stimulus, viewport).scale / 2, _MAX_SCALE)
        scale = min(max(view.scale * factor, smallest), _MAX_SCALE)
        x_px, y_px = view.to_stimulus(*point)
        centre = (
            x_px + (viewport[0] / 2 - point[0]) / scale,
            y_px + (viewport[1] / 2 - point[1]) / scale,
        )
        self._look(scale, centre)

    def pan(self, dx_px: float, dy_px: float, viewport: tuple[float, float]) -> None:
        """Move the stimulus by screen pixels; its middle never leaves the stimulus."""
        view = self.view(*viewport)
        x_px, y_px = view.to_stimulus(viewport[0] / 2 - dx_px, viewport[1] / 2 - dy_px)
        self._look(view.scale, (x_px, y_px))

    def _look(self, scale: float, centre: tuple[float, float]) -> None:
        width, height = self._stimulus
        inside = (min(max(centre[0], 0.0), width), min(max(centre[1], 0.0), height))
        if (scale, inside) != (self._scale, self._centre):
            self._scale, self._centre = scale, inside
            self.changed.emit()
