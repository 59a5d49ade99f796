"""Maps as translucent pictures: floats -> 8-bit codes -> indexed colours -> one blit."""

import numpy as np
from PySide6.QtGui import QImage

from gazelab.app.canvas.colormaps import DIVERGING, table
from gazelab.data.image import opencv


def codes(
    map2d: np.ndarray, size: tuple[int, int], vmax: float | None = None, *, signed: bool = False
) -> np.ndarray:
    """Return a map as (height, width) uint8, 0 for 0 and 255 for `vmax`, smoothly enlarged.

    size : (width, height). vmax : None takes the maximum of the map. signed : 0 stands for
    -`vmax`, 128 for 0. A map without a positive finite maximum, of its absolute values when
    signed, gives the code of 0 everywhere, as does a value that is not finite.
    """
    width, height = size
    values = np.ascontiguousarray(map2d, np.float32)
    top = highest(values, signed=signed) if vmax is None else float(vmax)
    if not (top > 0 and np.isfinite(top)) or values.size == 0:
        return np.full((height, width), 128 * signed, np.uint8)
    cv2 = opencv()
    # convertScaleAbs would fold negative values up, and turns NaN into any code
    if not float(values.min()) >= 0 or not np.isfinite(values.max()):
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        values = np.clip(values, -top if signed else 0, None)
    if signed:
        small = cv2.convertScaleAbs(values + np.float32(top), alpha=127.5 / top)
    else:
        small = cv2.convertScaleAbs(values, alpha=255.0 / top)
    if small.shape == (height, width):
        return small
    enlarged = width * height > small.size
    method = cv2.INTER_CUBIC if enlarged else cv2.INTER_AREA
    return cv2.resize(small, (width, height), interpolation=method)


def highest(values: np.ndarray, *, signed: bool) -> float:
    """Return the value at the upper end of a map's range; 0 for a map without one."""
    return float(np.nanmax(np.abs(values) if signed else values, initial=0.0))


def overlay_image(
    map2d: np.ndarray,
    size: tuple[int, int],
    colormap: str,
    opacity: float = 0.75,
    threshold: float = 0.0,
    vmax: float | None = None,
) -> QImage:
    """Return a map as a picture to lay over the stimulus, premultiplied.

    map2d : (rows, columns) float, covering the whole stimulus; >= 0 unless the colour map is
    DIVERGING. size : (width, height) of the picture. opacity, threshold, vmax : as in
    `Overlay`.
    """
    indices = codes(map2d, size, vmax, signed=colormap == DIVERGING)
    height, width = indices.shape
    indexed = QImage(indices.data, width, height, indices.strides[0], QImage.Format.Format_Indexed8)
    indexed.setColorTable(list(table(colormap, "value", opacity, threshold)))
    # converting copies the pixels, so the picture outlives the array
    return indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
