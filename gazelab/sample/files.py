"""The files of the sample project: pictures, a fixation table, and what they are."""

from pathlib import Path

import numpy as np

from gazelab import storage
from gazelab.data.image import opencv
from gazelab.sample.scenes import SCENES
from gazelab.sample.viewers import PX_PER_DEG, VIEWERS, VIEWING_MS, scanpath

cv2 = opencv()

TABLE = "fixations.csv"
STIMULI = "stimuli"
COLUMNS = ("participant", "stimulus", "fixation", "x_px", "y_px", "onset_ms", "duration_ms")
_QUALITY = 90

_README = f"""# Sample material (simulated)

Nothing here was recorded from people. The pictures are drawn, and the fixations in
`{TABLE}` are simulated, by the code in `gazelab/sample`; its module `viewers` holds the
formula. Use them to try the program, never as data.

- `{STIMULI}/`: {len(SCENES)} pictures of 800 x 600 pixels
- `{TABLE}`: {len(VIEWERS)} simulated viewers, {VIEWING_MS / 1000:g} s each; pixels from the
  top-left corner, milliseconds from picture onset; {PX_PER_DEG:g} pixels are one degree.
  Some fixations lie beside the picture, as they do in recordings.

`python -m gazelab.sample FOLDER` makes these files anew.
"""


def fixation_table() -> str:
    """Return the fixations of all simulated viewers on all scenes as CSV."""
    lines = [",".join((*COLUMNS, "simulated"))]
    for scene_number, scene in enumerate(SCENES):
        for viewer_number, viewer in enumerate(VIEWERS):
            for order, look in enumerate(scanpath(scene, scene_number, viewer_number), 1):
                lines.append(
                    f"{viewer},{scene.name}.jpg,{order},{look.x_px:.1f},{look.y_px:.1f},"
                    f"{look.onset_ms:.0f},{look.duration_ms:.0f},yes"
                )
    return "\n".join(lines) + "\n"


def picture(pixels: np.ndarray) -> bytes:
    """Return (rows, columns, 3) RGB pixels as the bytes of a JPEG file."""
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def write_sample(folder: Path) -> None:
    """Write pictures, table and README into a folder, over what is there."""
    stimuli = storage.make_folder(folder / STIMULI)
    for scene in SCENES:
        storage.write_bytes(stimuli / f"{scene.name}.jpg", picture(scene.draw()))
    storage.write_text(folder / TABLE, fixation_table())
    storage.write_text(folder / "README.md", _README)
