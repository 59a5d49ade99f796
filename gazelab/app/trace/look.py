"""The colours of the trace in light and in dark."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from gazelab.app.style import is_dark
from gazelab.app.trace.bands import BLINK, FIXATION, SACCADE

_Role = QPalette.ColorRole


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a theme. tints : by kind, hatches : by kind, curves : by lane."""

    palette: QPalette
    tints: dict[str, str]
    hatches: dict[str, str]
    curves: dict[str, str]

    @classmethod
    def of(cls, palette: QPalette) -> "Look":
        """Return the look in a palette."""
        if is_dark(palette):
            tints = {FIXATION: "#1d3f5e", SACCADE: "#4a3411", BLINK: "#3a3d42"}
            hatches = {SACCADE: "#7a5a26", BLINK: "#6b7178"}
            curves = {"x": "#7cc7f0", "y": "#f0b040", "velocity": "#e6e8ea", "pupil": "#dd9abf"}
        else:
            tints = {FIXATION: "#cfe4f7", SACCADE: "#fbe3bd", BLINK: "#e2e4e7"}
            hatches = {SACCADE: "#e0b468", BLINK: "#a3abb4"}
            curves = {"x": "#00588f", "y": "#a34400", "velocity": "#1b1f24", "pupil": "#86306a"}
        return cls(palette, tints, hatches, curves)

    def colour(self, role: QPalette.ColorRole) -> QColor:
        """Return a colour of the palette."""
        return self.palette.color(role)

    @property
    def table(self) -> dict[str, QColor]:
        """Every colour of the pixels by name; curves last, so that they lie on top."""
        named = {
            "ground": self.colour(_Role.Window),
            "lane": self.colour(_Role.Base),
            "grid": self.colour(_Role.Mid),
            "edge": self.colour(_Role.Shadow),
        }
        named |= {f"tint {kind}": QColor(code) for kind, code in self.tints.items()}
        named |= {f"hatch {kind}": QColor(code) for kind, code in self.hatches.items()}
        return named | {f"curve {lane}": QColor(code) for lane, code in self.curves.items()}
