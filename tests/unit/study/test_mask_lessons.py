"""Training and measuring networks that segment the object that stands out."""

import csv
from pathlib import Path

import numpy as np
import pytest

from gazelab.data.image import opencv
from gazelab.errors import SettingsError
from gazelab.study.mask_lessons import read_mask
from gazelab.study.train import train
from gazelab.task import finish

CONFIG = """
[model]
id = "tiny"
title = "Tiny"
architecture = "salient-object-net"
options = {{ attention = "{attention}" }}
[data]
trained_on = "squares"
[data.masks]
images = "images"
masks = "masks"
validation_share = 0.25
test_share = 0.25
{guidance}
[input]
size = [48, 48]
[train]
epochs = 1
batch = 2
half = false
[output]
folder = "result"
"""

GUIDANCE = """
[guidance]
fixations = ["gaze.csv"]
images = "images"
sigma_px = 6.0
weight = 0.01
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = ["participant,stimulus,x,y,duration"]
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    for number in range(8):
        picture = rng.integers(0, 60, (40, 60, 3), np.uint8)
        mask = np.zeros((40, 60), np.uint8)
        mask[8:24, 5 * number : 5 * number + 16] = 255
        picture[mask > 0] += 180
        assert opencv().imwrite(str(tmp_path / "images" / f"{number}.png"), picture)
        assert opencv().imwrite(str(tmp_path / "masks" / f"{number}.bmp"), mask)
        rows += [f"{viewer},{number}.png,{5 * number + 8},{16 + viewer},200" for viewer in range(2)]
    (tmp_path / "gaze.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


@pytest.mark.parametrize(("attention", "guidance"), [("softmax", ""), ("human", GUIDANCE)])
def test_a_network_is_measured_on_pictures_it_never_saw(
    study: Path, attention: str, guidance: str
) -> None:
    (study / "train.toml").write_text(CONFIG.format(attention=attention, guidance=guidance))
    card = finish(train(study / "train.toml")).card
    values = {score.metric: score.value for score in card.scores if not score.source}
    for metric in ("largest F-measure", "adaptive F-measure", "mean absolute error"):
        assert 0 <= values[metric] <= 1
    assert ("s-AUC" in values) == bool(guidance)
    assert "Trained on 4 pictures, 2 chose the epoch; measured once on 2 others" in card.protocol
    assert card.steps == 3
    curve = list(csv.reader((study / "result" / "precision_recall.csv").read_text().splitlines()))
    assert curve[0] == ["threshold", "precision", "recall"]
    assert len(curve) == 257
    assert float(curve[1][2]) == 1


def test_pictures_without_masks_are_not_enough(study: Path) -> None:
    for path in list((study / "masks").iterdir())[2:]:
        path.unlink()
    (study / "train.toml").write_text(CONFIG.format(attention="softmax", guidance=""))
    with pytest.raises(SettingsError, match="2 have a mask"):
        finish(train(study / "train.toml"))


@pytest.mark.parametrize("light", [1, 255])
def test_a_mask_is_what_is_lighter_than_half(tmp_path: Path, light: int) -> None:
    grey = np.array([[0, light], [light // 4, light]], np.uint8)
    assert opencv().imwrite(str(tmp_path / "mask.png"), grey)
    assert read_mask(tmp_path / "mask.png").tolist() == [[False, True], [False, True]]
