import numpy as np
import pytest
from test_score import scanpath

from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError
from gazelab.gaze.density import density
from gazelab.metrics import anchors as known
from gazelab.metrics.anchors import GRID, IMAGES, Median, Sample, name_of, numbered
from gazelab.project.project import Addition, Project
from gazelab.study.anchors import anchors_of, osie_anchors
from gazelab.task import finish

SHAPE = (60, 80)
VIEWERS = ("p", "q", "r", "s")


@pytest.fixture(scope="module")
def project():
    names = ("a", "b", "c")
    return Project().with_addition(
        Addition(
            stimuli=tuple(Stimulus(name, f"{name}.png", 80, 60, "") for name in names),
            scanpaths=tuple(
                scanpath(who, name, 10 * k + j, n=4 + j, excluded=(1,) if who == "q" else ())
                for k, name in enumerate(names)
                for j, who in enumerate(VIEWERS)
            ),
        )
    )


@pytest.fixture(scope="module")
def found(project):
    return {anchor.of: anchor for anchor in finish(anchors_of(project))}


def z_score(points, at):
    """Return the density of points in standard deviations at one place, the plainest way."""
    x, y = np.array(points, float).reshape(-1, 2).T
    map_ = density(x, y, SHAPE, known.SIGMA_PX, grid=GRID).astype(np.float64)
    row, column = int(at[1] * GRID[0] / SHAPE[0]), int(at[0] * GRID[1] / SHAPE[1])
    return (map_[row, column] - map_.mean()) / map_.std()


def by_number(project, number, *, same):
    """Return the mean over all fixations of one number, on the map of the others."""
    values = []
    for stimulus in project.stimuli:
        points = {
            path.participant: [
                (x, y, k)
                for k, (x, y, used) in enumerate(
                    zip(path.x_px, path.y_px, path.used, strict=True), 1
                )
                if used
            ]
            for path in project.scanpaths_of(stimulus)
        }
        for viewer, seen in points.items():
            others = [
                (x, y)
                for other, there in points.items()
                for x, y, k in there
                if other != viewer and (k == number or not same)
            ]
            values += [z_score(others, (x, y)) for x, y, k in seen if k == number and others]
    return np.mean(values)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_numbers_of_fixations_are_scored_on_the_maps_of_the_others(project, found, number):
    everything, same, _ = known.BY_NUMBER
    of_all = found[numbered(everything, number)].found
    assert of_all == pytest.approx(by_number(project, number, same=False), rel=1e-5)
    of_same = found[numbered(same, number)].found
    assert of_same == pytest.approx(by_number(project, number, same=True), rel=1e-5)


def test_what_nobody_else_did_has_no_anchor(found):
    _, same, _ = known.BY_NUMBER
    assert np.isnan(found[numbered(same, 7)].found)
    assert not found[numbered(same, 7)].holds


def test_scanpaths_are_measured_by_their_fixations_in_use(project, found):
    paths = [path.without_excluded() for path in project.scanpaths]
    lengths, duration, amplitude = known.OF_GAZE
    assert found[lengths].found == np.mean([len(path) for path in paths])
    assert found[duration].found == np.median(np.concatenate([p.duration_ms for p in paths]))
    steps = [np.hypot(np.diff(path.x_px), np.diff(path.y_px)) for path in paths]
    assert found[amplitude].found == np.median(np.concatenate(steps))


def test_everyone_is_predicted_by_the_density_of_everyone(project, found):
    expected = []
    for stimulus in project.stimuli:
        paths = [path.without_excluded() for path in project.scanpaths_of(stimulus)]
        points = [at for path in paths for at in zip(path.x_px, path.y_px, strict=True)]
        expected.append(np.mean([z_score(points, at) for at in points]))
    assert found[name_of("self", "nss")].found == pytest.approx(np.mean(expected), rel=1e-5)


def test_the_error_of_a_mean_is_how_means_of_samples_scatter():
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 9, IMAGES).astype(float)
    totals = counts * rng.normal(3, 1, IMAGES) + rng.normal(0, 1, IMAGES)
    draws = [rng.permutation(IMAGES)[:300] for _ in range(4000)]
    means = [totals[which].sum() / counts[which].sum() for which in draws]
    errors = [Sample(totals[which], counts[which]).error() for which in draws[:200]]
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.05)
    against_70 = Sample(totals[draws[0]], counts[draws[0]]).error(70)
    assert against_70 > 2 * errors[0]


def test_a_sample_of_all_images_has_no_error():
    values = np.random.default_rng(1).normal(size=IMAGES)
    assert Sample.of_values(list(values)).error() == 0
    assert Median([np.array([value]) for value in values]).error() == 0


def test_the_error_of_a_median_is_how_medians_of_samples_scatter():
    rng = np.random.default_rng(2)
    images = [rng.exponential(200, 30) + rng.normal(0, 20) for _ in range(IMAGES)]
    draws = [rng.permutation(IMAGES)[:400] for _ in range(300)]
    medians = [np.median(np.concatenate([images[k] for k in which])) for which in draws]
    errors = [Median([images[k] for k in which]).error() for which in draws[:100]]
    assert np.mean(errors) == pytest.approx(np.std(medians), rel=0.2)


def test_a_folder_without_the_data_set_is_refused(tmp_path):
    with pytest.raises(ReadError, match="is not a copy of OSIE"):
        next(osie_anchors(tmp_path))


@pytest.mark.slow
def test_the_anchors_of_osie_are_found_again(shared_data):
    rows = finish(osie_anchors(shared_data / "osie"))
    assert len(rows) == 54
    assert [row.of for row in rows if not row.holds] == list(known.EXPLAINED)
