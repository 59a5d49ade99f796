"""Where a machine looked at each step, drawn over the machine pane and said above it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from studies import attention, saved_study

from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.pictures import Pictures
from gazelab.app.scenes import Scenes
from gazelab.app.viewing import Viewing

SAID = ("cup 0.40, hat 0.20", "cup 0.70, hat 0.10", "cup 0.90, hat 0.05")


@pytest.fixture
def viewing(qtbot: QtBot, tmp_path: Path) -> Iterator[Viewing]:
    jobs = Jobs()
    document = Document(jobs)
    viewing = Viewing(document, document)
    folder, project = saved_study(tmp_path)
    maps = replace(attention("a.png", 3, "glimpses"), kind="attention", step_notes=SAID)
    document.open(folder, project.with_attention([maps]))
    viewing.show(stimulus="a.png", source="glimpses", kind="attention", fixation=2, step=2)
    yield viewing
    document.close()
    jobs.close()


@pytest.fixture
def scenes(viewing: Viewing) -> Iterator[Scenes]:
    pictures = Pictures(at_once_px=None)
    scenes = Scenes(viewing, pictures)
    yield scenes
    scenes.kept.close_thread()
    pictures.close()


def test_the_peak_stands_out_among_those_of_earlier_steps(viewing: Viewing, scenes: Scenes) -> None:
    markers = scenes.machine().markers
    assert [marker.label for marker in markers] == ["1", "2", "3"]
    assert [marker.current for marker in markers] == [False, False, True]
    xs = [marker.x_px for marker in markers]
    assert xs == sorted(xs) and len(set(xs)) == 3


def test_the_mean_lies_between_the_peak_and_the_rest_of_the_map(
    viewing: Viewing, scenes: Scenes
) -> None:
    scene = scenes.machine()
    assert scene.spread is not None
    middle = scene.size[0] / 2
    peak = scene.markers[-1].x_px
    assert min(middle, peak) < scene.spread.x_px < max(middle, peak)
    assert 0 < scene.spread.minor_px <= scene.spread.major_px < scene.size[0]


def test_what_the_model_said_at_the_step_is_in_the_caption(
    viewing: Viewing, scenes: Scenes
) -> None:
    assert "step 3 of 3, cup 0.90, hat 0.05" in scenes.machine().caption
    viewing.show(fixation=0, step=0)
    assert "cup 0.40" in scenes.machine().caption


def test_spread_and_earlier_peaks_can_be_left_out(viewing: Viewing, scenes: Scenes) -> None:
    viewing.show_layers(glimpses=False)
    scene = scenes.machine()
    assert scene.spread is None
    assert [marker.label for marker in scene.markers] == ["3"]


def test_a_saliency_map_has_its_peak_only(viewing: Viewing, scenes: Scenes) -> None:
    viewing.show(source="model", kind="saliency", fixation=1, step=1)
    scene = scenes.machine()
    assert scene.spread is None
    assert len(scene.markers) == 1


def test_a_map_that_is_0_everywhere_is_nowhere(viewing: Viewing, scenes: Scenes) -> None:
    document = viewing.document
    maps = attention("a.png", 2, "glimpses")
    empty = replace(maps, kind="attention", maps=np.zeros_like(maps.maps))
    document.add_attention([empty])
    viewing.show(fixation=1, step=1)
    scene = scenes.machine()
    assert not scene.markers and scene.spread is None
