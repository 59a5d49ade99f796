"""Signed maps, and maps without anything positive, in the machine pane."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from studies import saved_study

from gazelab.app.canvas.colormaps import DIVERGING
from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.pictures import Pictures
from gazelab.app.scenes import Scenes
from gazelab.app.viewing import Viewing
from gazelab.data.attention import Attention, Explanation

SIGNED = np.array([[[-3.0, 0.0], [1.0, -1.0]]], np.float32)
EXPLANATION = Explanation("grad-cam", "predicted", "head", "cat", "cam")
Show = Callable[[np.ndarray, str], Scenes]


@pytest.fixture
def show(qtbot: QtBot, tmp_path: Path) -> Iterator[Show]:
    """Return a function that shows one map of a classifier."""
    jobs, pictures = Jobs(), Pictures()
    document = Document(jobs)
    viewing = Viewing(document, document)

    def shown(maps: np.ndarray, kind: str) -> Scenes:
        folder, project = saved_study(tmp_path, steps=0)
        made = Attention("a.png", "cam", kind, maps, ("1",), explanation=EXPLANATION)
        document.open(folder, project.with_attention([made]))
        return Scenes(viewing, pictures, document)

    yield shown
    document.close()
    pictures.close()
    jobs.close()


def test_a_signed_map_has_two_hues_and_a_legend_that_names_them(show: Show) -> None:
    overlay = show(SIGNED, "evidence").machine().overlay
    assert overlay is not None
    assert overlay.colormap == DIVERGING
    assert overlay.legend == "orange for the class, blue against it; own range"
    plain = show(SIGNED.clip(0), "attention").machine().overlay
    assert plain is not None
    assert plain.colormap != DIVERGING and "orange" not in plain.legend


def test_one_range_for_all_steps_goes_as_far_down_as_up(show: Show) -> None:
    scenes = show(SIGNED, "evidence")
    scenes._viewing.show_layers(shared_range=True)
    overlay = scenes.machine().overlay
    assert overlay is not None
    assert overlay.vmax == 3


def test_what_speaks_against_a_class_is_no_place_to_look_at(show: Show) -> None:
    """The values at the fixation and the peak are those of the positive part."""
    scenes = show(SIGNED, "evidence")
    probe, (peak,) = scenes.probe(), scenes.machine().markers
    assert (peak.x_px, peak.y_px) == (40, 90)
    assert probe == show(SIGNED.clip(0), "attention").probe()


def test_no_positive_evidence_is_said_in_place_of_a_blank_map(show: Show) -> None:
    scene = show(np.zeros((1, 2, 2), np.float32), "attention").machine()
    assert scene.message == "no positive evidence for cat"
    assert scene.markers == ()
    against = show(-np.ones((1, 2, 2), np.float32), "evidence").machine()
    assert against.message == "" and against.markers == ()
