"""The current view as PNG and SVG, painted by the same code as the panes."""

import os
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from gazelab.app.canvas.export import png_bytes, svg_bytes
from gazelab.app.canvas.scene import Scene
from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.pictures import Pictures
from gazelab.app.scenes import Scenes
from gazelab.app.viewing import Viewing
from gazelab.project.project import Project
from gazelab.storage import write_bytes

FIGURE_SIZE = (1600, 760)


def write_scenes(scenes: tuple[Scene, ...], folder: Path, name: str = "view") -> tuple[Path, Path]:
    """Write scenes side by side as `name`.png and `name`.svg; return both paths."""
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    write_bytes(png, png_bytes(scenes, FIGURE_SIZE))
    write_bytes(svg, svg_bytes(scenes, FIGURE_SIZE))
    return png, svg


def write_view(project: Project, folder: Path, outdir: Path) -> tuple[Path, ...]:
    """Write the view a project opens with, without a window; nothing for an empty project.

    The first participant's scanpath stands at the fixation beside the model's last step.
    """
    if not project.stimuli:
        return ()
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _ = QGuiApplication(["gazelab"])
    document = Document(Jobs())
    viewing = Viewing(document)
    pictures = Pictures(at_once_px=None)
    document.open(folder, project)
    attention, leader = viewing.attention, viewing.leader
    if attention is not None and leader is not None:
        last = min(len(attention.maps), len(leader)) - 1
        viewing.show(fixation=max(last, 0), step=len(attention.maps) - 1)
    scenes = Scenes(viewing, pictures)
    try:
        return write_scenes((scenes.human(), scenes.machine()), outdir)
    finally:
        pictures.close()
