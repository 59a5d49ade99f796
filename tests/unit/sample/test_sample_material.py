"""The sample that ships is what the code makes, and it looks like a recording."""

import csv
import io
from itertools import pairwise

import numpy as np
import pytest

from gazelab.data.image import opencv
from gazelab.paths import shipped
from gazelab.sample.files import COLUMNS, fixation_table, picture
from gazelab.sample.paint import Canvas, flat, points, rectangle, rgb
from gazelab.sample.scenes import SCENES
from gazelab.sample.viewers import VIEWERS, VIEWING_MS, scanpath

cv2 = opencv()
DEMO = shipped("resources") / "demo"


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fixation_table())))


def test_the_shipped_table_is_the_one_the_generator_makes() -> None:
    assert (DEMO / "fixations.csv").read_text(encoding="utf-8") == fixation_table()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_shipped_picture_is_the_one_the_scene_draws(scene) -> None:
    shipped_bytes = np.frombuffer((DEMO / "stimuli" / f"{scene.name}.jpg").read_bytes(), np.uint8)
    shipped_pixels = cv2.imdecode(shipped_bytes, cv2.IMREAD_COLOR)[..., ::-1].astype(float)
    drawn = scene.draw()
    assert drawn.shape == shipped_pixels.shape == (600, 800, 3)
    difference = np.abs(drawn - shipped_pixels)
    # JPEG at this quality moves a pixel by a few levels; letters may differ with the library
    assert difference.mean() < 4
    assert (difference.max(axis=2) > 60).mean() < 0.005


def test_a_picture_survives_its_file() -> None:
    pixels = np.full((40, 60, 3), (200, 30, 90), np.uint8)
    back = cv2.imdecode(np.frombuffer(picture(pixels), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(back.astype(int) - pixels).max() <= 6


def test_nothing_else_ships_and_it_is_small() -> None:
    files = {path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*") if path.is_file()}
    pictures = {f"stimuli/{scene.name}.jpg" for scene in SCENES}
    assert files == pictures | {"fixations.csv", "README.md"}
    assert sum((DEMO / name).stat().st_size for name in files) < 1_500_000
    assert "simulated" in (DEMO / "README.md").read_text(encoding="utf-8")


def test_every_viewer_saw_every_scene(table) -> None:
    assert list(table[0]) == [*COLUMNS, "simulated"]
    seen = {(row["participant"], row["stimulus"]) for row in table}
    assert len(seen) == len(VIEWERS) * len(SCENES) == 144


def test_some_fixations_lie_beside_the_picture_but_few(table) -> None:
    x, y = (np.array([float(row[name]) for row in table]) for name in ("x_px", "y_px"))
    off = (x < 0) | (x >= 800) | (y < 0) | (y >= 600)
    assert 0.005 < off.mean() < 0.03
    assert x.min() >= -90
    assert x.max() <= 890


def test_times_are_those_of_viewing_with_saccades_between() -> None:
    for scene_number, scene in enumerate(SCENES[:3]):
        looks = scanpath(scene, scene_number, 4)
        assert len(looks) >= 5
        for one, two in pairwise(looks):
            assert two.onset_ms - one.onset_ms - one.duration_ms >= 20
        assert looks[-1].onset_ms + looks[-1].duration_ms <= VIEWING_MS + 1


def test_durations_are_those_of_people(table) -> None:
    durations = np.array([float(row["duration_ms"]) for row in table])
    assert 190 < np.median(durations) < 240
    assert durations.min() > 0


def test_viewers_look_at_the_objects_and_differ(table) -> None:
    objects = {
        f"{scene.name}.jpg": [(r.x_px, r.y_px, r.rx_px, r.ry_px) for r in scene.regions]
        for scene in SCENES
    }
    on = [
        any(
            ((float(row["x_px"]) - x) / rx) ** 2 + ((float(row["y_px"]) - y) / ry) ** 2 < 4
            for x, y, rx, ry in objects[row["stimulus"]]
        )
        for row in table
    ]
    assert np.mean(on) > 0.6
    assert scanpath(SCENES[0], 0, 0) != scanpath(SCENES[0], 0, 1)


def test_other_seeds_give_other_viewers() -> None:
    assert scanpath(SCENES[0], 0, 0, seed=1) != scanpath(SCENES[0], 0, 0, seed=2)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_objects_lie_on_the_picture(scene) -> None:
    assert len(scene.regions) >= 4
    for region in scene.regions:
        assert 0 <= region.x_px < 800
        assert 0 <= region.y_px < 600
        assert region.interest > 0


def test_a_canvas_paints_where_it_is_told() -> None:
    canvas = Canvas(1)
    canvas.backdrop(flat("#202020"))
    canvas.paint(rectangle(100, 100, 50, 50), flat("#ffffff"))
    canvas.paint(points("0,0 10,0 10,10 0,10", 400, 300, 2), flat("#ff0000"))
    pixels = canvas.finish()
    assert pixels[125, 125].min() > 230
    assert pixels[125, 200].max() < 60
    assert pixels[310, 410, 0] > 200 > 60 > pixels[310, 410, 2]


def test_what_lies_outside_the_canvas_is_not_painted() -> None:
    canvas = Canvas(1)
    canvas.backdrop(flat("#202020"))
    canvas.paint(rectangle(900, 700, 50, 50), flat("#ffffff"))
    canvas.glow(-500, -500, 20, "#ffffff")
    assert canvas.finish().max() < 60


def test_colours_are_red_green_blue() -> None:
    assert rgb("#ff8000") == pytest.approx([1, 128 / 255, 0])
