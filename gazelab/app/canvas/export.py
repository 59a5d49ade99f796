"""The current view as a picture: PNG or SVG, painted by the code that paints the panes."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter, QPalette

from gazelab.app.canvas.camera import View
from gazelab.app.canvas.scene import Scene
from gazelab.app.canvas.stage import Stage, paint_caption, paint_scene

Rect = tuple[float, float, float, float]
"""(x, y, width, height) in pixels of the stimulus."""

_CAPTION_PX = 13
_GAP_PX = 8.0
_DPI = 96


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where one scene goes: its caption above, its picture below."""

    caption: QRectF
    picture: QRectF
    view: View


def render(
    scenes: tuple[Scene, ...],
    size: tuple[int, int],
    camera_rect: Rect | None = None,
    dpr: float = 1.0,
) -> QImage:
    """Return scenes side by side as one picture.

    size : (width, height) of the whole picture in screen pixels. camera_rect : the part of
    the stimulus to show; None shows all of it. dpr : device pixels in one screen pixel;
    2 gives twice the resolution with marks of the same size beside the stimulus.
    ValueError without scenes.
    """
    cells = _cells(scenes, size, camera_rect)
    image = QImage(QSize(*size) * dpr, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(QColor("white"))
    painter = QPainter(image)
    for scene, cell in zip(scenes, cells, strict=True):
        _paint_caption(painter, cell.caption, scene.caption)
        picture = cell.picture
        frame = Stage(dpr).frame(scene, cell.view, picture.width(), picture.height())
        painter.drawImage(picture.topLeft(), frame)
    painter.end()
    return image


def png_bytes(
    scenes: tuple[Scene, ...],
    size: tuple[int, int],
    camera_rect: Rect | None = None,
    dpr: float = 1.0,
) -> bytes:
    """Return scenes side by side as a PNG file; arguments as for `render`."""
    image = render(scenes, size, camera_rect, dpr)
    image.setDotsPerMeterX(round(_DPI * dpr / 0.0254))
    image.setDotsPerMeterY(round(_DPI * dpr / 0.0254))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def svg_bytes(
    scenes: tuple[Scene, ...],
    size: tuple[int, int],
    camera_rect: Rect | None = None,
    title: str = "",
) -> bytes:
    """Return scenes side by side as an SVG file; arguments as for `render`.

    Stimulus and maps are embedded pictures, everything above them is vectors and text.
    """
    from PySide6.QtSvg import QSvgGenerator

    cells = _cells(scenes, size, camera_rect)
    buffer = QBuffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # 1.1 can clip
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(*size))
    generator.setViewBox(QRectF(0, 0, *size))
    generator.setResolution(_DPI)
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, *size), QColor("white"))
    for scene, cell in zip(scenes, cells, strict=True):
        _paint_caption(painter, cell.caption, scene.caption)
        painter.save()
        painter.translate(cell.picture.topLeft())
        viewport = QRectF(0, 0, cell.picture.width(), cell.picture.height())
        painter.setClipRect(viewport)
        paint_scene(painter, scene, cell.view, viewport)
        painter.restore()
    painter.end()
    return bytes(buffer.data().data())


def _cells(
    scenes: tuple[Scene, ...], size: tuple[int, int], camera_rect: Rect | None
) -> list[_Cell]:
    """Return the places of scenes, all with the same part of the stimulus in view."""
    if not scenes:
        raise ValueError("no scene to render")
    width = (size[0] - _GAP_PX * (len(scenes) - 1)) / len(scenes)
    strip = _CAPTION_PX * 2.0
    cells = []
    for number, scene in enumerate(scenes):
        left = math.floor(number * (width + _GAP_PX))  # whole pixels keep the frame sharp
        caption = QRectF(left, 0, math.floor(width), strip)
        picture = QRectF(left, strip, math.floor(width), max(size[1] - strip, 1.0))
        cells.append(_Cell(caption, picture, _view(scene, picture, camera_rect)))
    return cells


def _view(scene: Scene, picture: QRectF, camera_rect: Rect | None) -> View:
    x, y, width, height = camera_rect or (0.0, 0.0, float(scene.size[0]), float(scene.size[1]))
    scale = min(picture.width() / max(width, 1e-6), picture.height() / max(height, 1e-6))
    return View(
        scale,
        picture.width() / 2 - scale * (x + width / 2),
        picture.height() / 2 - scale * (y + height / 2),
    )


def _paint_caption(painter: QPainter, strip: QRectF, text: str) -> None:
    font = QFont()
    font.setPixelSize(_CAPTION_PX)
    painter.setFont(font)
    paint_caption(painter, strip, text, QPalette(QColor("white")))
