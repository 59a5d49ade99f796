"""Colours: perceptually uniform maps for values, the Okabe-Ito set for participants.

Signed values have a map of their own: two hues that colour-blind readers tell apart, blue below
0 and orange above, equally light. In legends they fade into white towards 0; over a stimulus
they only fade, since white would lie on it like fog.

There is no jet: its edges suggest borders that are not in the data.
"""

from functools import lru_cache

import numpy as np

from gazelab.data.image import opencv

DEFAULT = "viridis"
NAMES = ("viridis", "cividis", "magma", "gray")
DIVERGING = "blue-orange"
"""For signed values: its middle stands for 0."""

_BLUE, _ORANGE, _WHITE = (57.0, 2.0, -52.0), (57.0, 36.0, 62.0), (96.0, 0.0, 0.0)
"""Of the diverging map, as CIE L*, a*, b*."""

_SIGNS = np.repeat((0, 255), 128)
"""For each code of the diverging map that of its end."""

OKABE_ITO = (
    "#56b4e9",  # sky blue
    "#e69f00",  # orange
    "#009e73",  # bluish green
    "#f0e442",  # yellow
    "#0072b2",  # blue
    "#d55e00",  # vermillion
    "#cc79a7",  # reddish purple
)
"""Colours that stay apart for colour-blind readers (Okabe and Ito 2008), without black,
which is lost on dark stimuli."""

ALPHA_MODES = ("value", "solid")
"""value: alpha grows with the value, so that the stimulus stays visible. solid: opaque, for
legends."""


@lru_cache(maxsize=256)
def table(
    name: str, alpha_mode: str = "value", opacity: float = 1.0, threshold: float = 0.0
) -> tuple[int, ...]:
    """Return 256 colours as 0xAARRGGBB, not premultiplied, for an Indexed8 image.

    opacity : 0 ... 1, scales alpha. threshold : 0 ... 1, codes below it are transparent. With
    DIVERGING, both go by the distance from the middle. ValueError for a name that is neither
    DIVERGING nor in NAMES, or a mode not in ALPHA_MODES.
    """
    value = np.abs(np.linspace(-1 if name == DIVERGING else 0, 1, 256))
    alpha = np.full(256, opacity) if alpha_mode == "solid" else opacity * _ramp(value)
    if alpha_mode not in ALPHA_MODES:
        raise ValueError(f"unknown alpha mode {alpha_mode!r}")
    alpha[value < threshold] = 0
    argb = np.empty((256, 4), np.uint8)
    argb[:, 0] = np.round(255 * np.clip(alpha, 0, 1))
    fades = name == DIVERGING and alpha_mode == "value"
    argb[:, 1:] = rgb(name)[_SIGNS] if fades else rgb(name)
    return tuple(int(code) for code in argb.view(">u4").ravel())


def rgb(name: str) -> np.ndarray:
    """Return a colour map as (256, 3) uint8 red, green, blue. ValueError for other names."""
    if name == DIVERGING:
        return _diverging()
    if name not in NAMES:
        raise ValueError(f"unknown colour map {name!r}")
    ramp = np.arange(256, dtype=np.uint8).reshape(-1, 1)
    if name == "gray":
        return np.repeat(ramp, 3, axis=1)
    cv2 = opencv()
    code = {
        "viridis": cv2.COLORMAP_VIRIDIS,
        "cividis": cv2.COLORMAP_CIVIDIS,
        "magma": cv2.COLORMAP_MAGMA,
    }[name]
    return np.ascontiguousarray(cv2.applyColorMap(ramp, code)[:, 0, ::-1])


def _diverging() -> np.ndarray:
    """Return straight lines in CIELAB from the ends to the middle."""
    place = np.linspace(-1, 1, 256)
    ends = (np.array(end) for end in zip(_BLUE, _WHITE, _ORANGE, strict=True))
    lab = np.stack([np.interp(place, (-1, 0, 1), end) for end in ends], 1).astype(np.float32)
    cv2 = opencv()
    colours = cv2.cvtColor(lab[None], cv2.COLOR_LAB2RGB)[0]
    return np.round(255 * np.clip(colours, 0, 1)).astype(np.uint8)


def participant_colour(index: int) -> str:
    """Return the colour of the participant with this number; colours repeat after seven."""
    return OKABE_ITO[index % len(OKABE_ITO)]


def participant_letter(index: int) -> str:
    """Return a letter that tells participants apart where colours repeat: A ... Z, AA ..."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _ramp(value: np.ndarray) -> np.ndarray:
    # above linear, so that middle values of sparse maps stay visible; but near zero below
    # it, so that an almost empty map does not tint the whole stimulus
    return value**0.6 * np.minimum(value / 0.1, 1)
