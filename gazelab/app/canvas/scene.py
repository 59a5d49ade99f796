"""What one pane shows, as values only: the window makes a scene, the pane paints it."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from gazelab.app.canvas.areas import AreaMark
from gazelab.app.canvas.colormaps import DEFAULT, OKABE_ITO
from gazelab.app.canvas.samples import SampleLayer
from gazelab.data.gaze import Scanpath

TRAILS = ("all", "past", "last 3", "last 7")
"""all: past and upcoming fixations. past: those up to the current one. last N: the current
one and the N - 1 before it. Any "last N" with N > 0 is understood."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A map laid over the stimulus.

    map : (rows, columns) float, covers the whole stimulus on its own grid; >= 0, or signed
        where the colour map is DIVERGING.
    opacity : 0 ... 1, the opacity of the highest value; lower values are more transparent.
    threshold : 0 ... 1 of the range; what lies below is not drawn.
    vmax : value drawn in the last colour; None takes the maximum of the map. Give the
        maximum of all steps to compare steps on one range. Of signed maps that of their
        absolute values; the first colour then stands for -vmax.
    legend : how the map was made, shown beside the colour bar; "" shows no bar.
    """

    map: np.ndarray
    colormap: str = DEFAULT
    opacity: float = 0.75
    threshold: float = 0.0
    vmax: float | None = None
    legend: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ScanpathLayer:
    """One scanpath and how it is drawn.

    current : index of the current fixation; None draws all of them as past.
    colour : "#rrggbb".
    letter : short mark before each number, so that colour is not the only cue; "" for none.
    trail : which fixations are drawn, see TRAILS; without effect while current is None.
    """

    scanpath: Scanpath
    current: int | None = None
    colour: str = OKABE_ITO[0]
    letter: str = ""
    show_numbers: bool = True
    show_saccades: bool = True
    trail: str = "all"


@dataclass(frozen=True, slots=True)
class Marker:
    """One point of a machine, such as the peak of a map.

    current : drawn filled and larger; otherwise as a small hollow mark.
    """

    x_px: float
    y_px: float
    label: str = ""
    colour: str = "#ffffff"
    current: bool = True


@dataclass(frozen=True, slots=True)
class Spread:
    """The expectation of a map and the ellipse of one standard deviation around it.

    angle_deg : from the x axis to the longer axis, clockwise.
    """

    x_px: float
    y_px: float
    major_px: float
    minor_px: float
    angle_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything one pane shows of one stimulus.

    size : (width, height) of the stimulus in pixels.
    image : the stimulus; None when the file is missing or damaged.
    message : drawn large over a hatched stimulus, e.g. "no counterpart".
    caption : one line above the stimulus. badge : a mark such as "simulated".
    legend : whether the legends of circles and colours are drawn.
    samples : the gaze under the scanpaths. outline : whether the edge of the stimulus is drawn.
    areas : areas of interest, over the map and under all else.
    """

    size: tuple[int, int]
    image: QImage | None = None
    overlay: Overlay | None = None
    scanpaths: tuple[ScanpathLayer, ...] = ()
    markers: tuple[Marker, ...] = ()
    spread: Spread | None = None
    message: str = ""
    caption: str = ""
    badge: str = ""
    legend: bool = True
    samples: SampleLayer | None = None
    outline: bool = False
    areas: tuple[AreaMark, ...] = ()
