"""What the numbers of a source mean: unit, origin, screen, place of the picture, clock."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.data.geometry import Placement, Screen
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

POSITIONS = (
    "stimulus px",
    "screen px",
    "stimulus fraction",
    "screen fraction",
    "screen deg",
    "screen mm",
)
ORIGINS = ("top-left", "bottom-left", "centre", "centre, y up")
PLACED = ("as told", "centred", "filled", "fitted", "top-left")
CLOCKS = ("ns", "us", "ms", "s")
ZEROS = ("stimulus", "first")
CHOICES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "positions": POSITIONS,
        "origin": ORIGINS,
        "base": (0, 1),
        "placed": PLACED,
        "clock": CLOCKS,
        "zero": ZEROS,
    }
)
"""What each field of a `Contract` may be; its screen is a `Screen`."""

Number = TypeVar("Number", float, Vector)

_MS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True, slots=True)
class Contract:
    """What positions and times of one source mean; guessed by its reader, changed by people.

    positions : what x and y count (POSITIONS). origin : where they are 0 (ORIGINS); y goes up
        from the lower left corner and where that is said, and down from the others.
    base : the number of the first pixel; 1 for MATLAB.
    placed : where the picture was on the screen: "as told" by the source for each trial (in
        the middle where it does not tell), "centred" in its own size, "filled" (stretched
        over the screen), "fitted" (as large as the screen allows, in its own shape, in the
        middle), "top-left" in its own size.
    clock : unit of the source's times. zero : they count from the onset of the "stimulus", or
        the "first" event of each trial is put at 0.
    reasons : why the guess is as it is, one sentence each.
    """

    positions: str = "stimulus px"
    origin: str = "top-left"
    base: int = 0
    screen: Screen = Screen()
    placed: str = "as told"
    clock: str = "ms"
    zero: str = "stimulus"
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                choices = ", ".join(repr(choice) for choice in allowed)
                raise SettingsError(
                    f"{name} cannot be {getattr(self, name)!r}.", f"It is one of {choices}."
                )

    @property
    def on_screen(self) -> bool:
        """Whether positions are places on the screen, not on the picture."""
        return self.positions.startswith("screen")

    @property
    def lacking(self) -> tuple[str, ...]:
        """What of the screen must still be known before positions can be used, in words."""
        screen, needs = self.screen, []
        moved = self.origin != "top-left" or self.placed in ("centred", "filled", "fitted")
        if self.positions == "screen fraction" or (self.on_screen and moved):
            needs.append(("the size of the screen in pixels", screen.has_size))
        if self.positions in ("screen deg", "screen mm"):
            needs.append(("the size of the screen in mm", screen.width_mm > 0))
        if self.positions == "screen deg":
            needs.append(("the distance of the eyes in mm", screen.distance_mm > 0))
        return tuple(name for name, known in needs if not known)

    def px_per_deg(self, stimulus: Stimulus, told: Placement | None = None) -> float:
        """Return the pixels of the stimulus in one degree; NaN while the screen is unknown."""
        placement = self.placement(stimulus, told)
        return self.screen.px_per_deg * (placement.scale(stimulus) if placement else 1.0)

    def placement(self, stimulus: Stimulus, told: Placement | None = None) -> Placement | None:
        """Return where a picture was; None where that is not known, or positions are on it.

        told : what the source says of this trial. It is of the picture, so that it does not
            hold for an empty screen, which is the whole screen.
        """
        if not self.on_screen or not stimulus.has_picture:
            return None
        if self.placed == "as told" and told is not None:
            return told
        if self.placed == "top-left":
            return Placement(0.0, 0.0)
        screen = self.screen
        if not screen.has_size:
            return None
        width, height = screen.width_px, screen.height_px
        if self.placed == "filled":
            return Placement(0.0, 0.0, size_px=(width, height))
        if self.placed != "fitted":
            return Placement(width / 2, height / 2, centred=True)
        scale = min(width / stimulus.width_px, height / stimulus.height_px)
        size_px = (stimulus.width_px * scale, stimulus.height_px * scale)
        return Placement(width / 2, height / 2, centred=True, size_px=size_px)

    def on_stimulus(
        self, x: Vector, y: Vector, stimulus: Stimulus, told: Placement | None = None
    ) -> tuple[Vector, Vector]:
        """Return positions of the source, (n,) each, as pixels of the stimulus.

        NaN where the contract lacks what it takes.
        """
        picture = np.array([stimulus.width_px, stimulus.height_px], np.float64)
        screen = np.array([self.screen.width_px, self.screen.height_px])
        extent = (screen if self.on_screen else picture)[:, None]
        places = np.array([x, y], np.float64)
        if self.positions.endswith("px"):
            places -= self.base
        places *= self._px_per_unit(extent, places)
        if self.origin == "bottom-left":
            places[1] = extent[1] - places[1]
        elif self.origin == "centre, y up":
            places *= [[1.0], [-1.0]]
        if self.origin.startswith("centre"):
            places += extent / 2
        placement = self.placement(stimulus, told)
        if placement is None:
            return places[0], places[1]
        return placement.on_picture(places[0], places[1], stimulus)

    def times_ms(self, times_ms: Number, read_as: "Contract") -> Number:
        """Return times, read under another contract, in ms of this one's clock."""
        if self.clock == read_as.clock:
            return times_ms
        return times_ms * (_MS[self.clock] / _MS[read_as.clock])

    def _px_per_unit(self, extent_px: np.ndarray, places: np.ndarray) -> np.ndarray | float:
        """Return what turns units into pixels: one number, or one for each position."""
        if self.positions.endswith("fraction"):
            return extent_px
        px_per_mm = np.array(
            [
                [self.screen.width_px / self.screen.width_mm],
                [self.screen.height_px / self.screen.height_mm],
            ]
        )
        if math.isnan(self.screen.height_mm):
            px_per_mm[1] = px_per_mm[0]
        if self.positions == "screen mm":
            return px_per_mm
        if self.positions == "screen deg":
            with np.errstate(invalid="ignore", divide="ignore"):
                mm_per_deg = self.screen.distance_mm * np.tan(np.radians(places)) / places
            straight = math.radians(1) * self.screen.distance_mm
            return px_per_mm * np.where(places == 0, straight, mm_per_deg)
        return 1.0
