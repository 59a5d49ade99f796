"""How alike two scanpaths are: published numbers, slow definitions, and what always holds."""

import json
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.gaze import Scanpath
from gazelab.errors import SettingsError
from gazelab.metrics import distances, sequences
from gazelab.metrics.meanshift import fixation_clusters
from gazelab.metrics.multimatch import Grouping, Saccades, multimatch, simplified
from gazelab.metrics.pair import Pair
from gazelab.metrics.recurrence import cross_recurrence
from gazelab.metrics.similarities import SIMILARITIES, similar, similarity_of

ROOT = Path(__file__).parents[3]
GOLDEN = json.loads((ROOT / "tests" / "data" / "golden.json").read_text("utf-8"))["scanpaths"]
REFERENCE = ROOT.parent / "shared" / "data" / "reference" / "multimatch"
SHAPE = (600, 800)


def scanpath(fixations):
    """Return a scanpath of (x, y, duration in s)."""
    x, y, duration = np.array(fixations, float).reshape(-1, 3).T
    n = len(x)
    return Scanpath("p", "s", x, y, np.arange(n) * 1.0, duration * 1000, np.zeros(n, np.int8))


def pair(names):
    return Pair(*(scanpath(GOLDEN[name]) for name in names), SHAPE)


FIXATIONS = st.tuples(st.integers(0, 799), st.integers(0, 599), st.integers(1, 50))
SCANPATHS = st.lists(FIXATIONS, max_size=8).map(
    lambda fixations: scanpath([(x, y, d / 100) for x, y, d in fixations])
)


@pytest.mark.parametrize("names", ["AB", "AC"])
def test_multimatch_equals_the_golden_numbers(names):
    # these are printed with nine digits
    expected = GOLDEN["multimatch_plain"][names]
    assert multimatch(pair(names)) == pytest.approx(expected, abs=1e-9)
    expected = GOLDEN["multimatch_grouped_TDir45_TDur0.3_TAmp100"][names]
    assert multimatch(pair(names), Grouping(45, 300, 100)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("names", ["AB", "AC"])
@pytest.mark.parametrize("bin_ms", [0, 50, 100])
def test_scanmatch_equals_the_golden_numbers(names, bin_ms):
    name = f"TempBin{bin_ms}ms" if bin_ms else "TempBin0"
    expected = GOLDEN["scanmatch_16x12_thr3.5_gap0"][name][names]
    assert sequences.scanmatch(pair(names), bin_ms) == pytest.approx(expected, abs=1e-9)


MEASURES = {
    "dtw": distances.dtw,
    "frechet": distances.frechet,
    "hausdorff": distances.hausdorff,
    "eyenalysis_sq": distances.eyenalysis,
    "eyenalysis_lin": lambda both: distances.eyenalysis(both, 1.0),
    "levenshtein_5x5": sequences.string_edit,
    "nw_sequence_score_5x5": sequences.sequence_score,
    "tde_k3_refA": distances.time_delay_embedding,
    "stde_maxdim800": distances.scaled_time_delay_embedding,
}


@pytest.mark.parametrize("names", ["AB", "AC"])
@pytest.mark.parametrize("name", MEASURES)
def test_measure_equals_the_golden_number(names, name):
    # printed with six digits behind the point, STDE with nine
    expected = GOLDEN["others"][names][name]
    digits = 1e-9 if name.startswith("stde") else 5.1e-7
    assert MEASURES[name](pair(names)) == pytest.approx(expected, abs=digits)


def test_recurrence_equals_the_golden_numbers():
    found = cross_recurrence(pair("AB"), 60)
    expected = GOLDEN["others"]["AB"]["crqa_r60_L2"]
    assert [found.rec, found.determinism, found.laminarity, found.corm] == expected


def test_every_golden_measure_is_covered():
    assert {*MEASURES, "crqa_r60_L2"} == set(GOLDEN["others"]["AB"])


def test_multimatch_equals_the_toolbox_on_recorded_scanpaths():
    if not REFERENCE.exists():
        pytest.skip(f"{REFERENCE} is not there")
    a, b = (
        scanpath(np.loadtxt(REFERENCE / f"segment_10_sub-{who}.tsv", skiprows=1))
        for who in ("01", "19")
    )
    both = Pair(a, b, (720, 1280))
    plain = [0.99082, 0.69902, 0.98927, 0.94767, 0.65563]
    assert multimatch(both) == pytest.approx(plain, abs=5.1e-6)
    grouped = [0.95076, 0.95638, 0.94082, 0.94491, 0.78261]
    assert multimatch(both, Grouping(45, 300, 146.8)) == pytest.approx(grouped, abs=5.1e-6)


def test_grouping_joins_what_goes_straight_on_across_a_short_fixation():
    straight = [(0, 0, 0.2), (200, 0, 0.2), (400, 10, 0.2), (400, 300, 0.2)]
    joined = simplified(Saccades.of(scanpath(straight)), Grouping(45, 300, 100))
    assert joined.vector.tolist() == [[400, 10], [0, 290]]
    assert joined.start.tolist() == [[0, 0], [400, 10]]
    long_stay = [(x, y, 0.5) for x, y, _ in straight]
    assert len(simplified(Saccades.of(scanpath(long_stay)), Grouping(45, 300, 100))) == 3


@cache
def slow_edits(a: tuple, b: tuple) -> int:
    if not a or not b:
        return len(a) + len(b)
    return min(
        slow_edits(a[1:], b) + 1,
        slow_edits(a, b[1:]) + 1,
        slow_edits(a[1:], b[1:]) + (a[0] != b[0]),
    )


def slow_walks(n, m):
    """Yield every way from (0, 0) to (n - 1, m - 1) that goes on in one or in both."""
    if n == m == 1:
        yield [(0, 0)]
    for i, j in ((1, 0), (0, 1), (1, 1)):
        if n - i > 0 and m - j > 0 and (n, m) != (1, 1):
            yield from ([*walk, (n - 1, m - 1)] for walk in slow_walks(n - i, m - j))


SHORT = st.lists(FIXATIONS, min_size=1, max_size=4).map(scanpath)


@given(SHORT, SHORT)
def test_walks_are_the_best_of_all_walks(a, b):
    both = Pair(a, b, SHAPE)
    apart = np.hypot(a.x_px[:, None] - b.x_px, a.y_px[:, None] - b.y_px)
    walks = [[apart[at] for at in walk] for walk in slow_walks(len(a), len(b))]
    assert distances.dtw(both) == pytest.approx(min(map(sum, walks)), abs=1e-9)
    assert distances.frechet(both) == pytest.approx(min(map(max, walks)), abs=1e-9)


@given(SCANPATHS, SCANPATHS)
def test_string_edit_equals_its_definition(a, b):
    if len(a) and len(b):
        strings = [
            tuple((x // 160, y // 120) for x, y in zip(one.x_px, one.y_px, strict=True))
            for one in (a, b)
        ]
        assert sequences.string_edit(Pair(a, b, SHAPE)) == slow_edits(*strings)


@given(SCANPATHS, SCANPATHS, st.integers(2, 3))
def test_recurrence_equals_its_definition(a, b, shortest):
    n = min(len(a), len(b))
    found = cross_recurrence(Pair(a, b, SHAPE), 200, shortest)
    if n < 2:
        assert np.isnan(found.rec)
        return
    near = {
        (i, j)
        for i, j in product(range(n), repeat=2)
        if np.hypot(a.x_px[i] - b.x_px[j], a.y_px[i] - b.y_px[j]) <= 200
    }

    def on_lines(di, dj):
        starts = [
            [(i + (k - back) * di, j + (k - back) * dj) for k in range(shortest)]
            for i, j in near
            for back in range(shortest)
        ]
        return len({cell for line in starts if near.issuperset(line) for cell in line})

    assert found.rec == pytest.approx(100 * len(near) / n**2)
    if near:
        assert found.determinism == pytest.approx(100 * on_lines(1, 1) / len(near))
        straight = on_lines(1, 0) + on_lines(0, 1)
        assert found.laminarity == pytest.approx(100 * straight / (2 * len(near)))
        expected = 100 * sum(j - i for i, j in near) / ((n - 1) * len(near))
        assert found.corm == pytest.approx(expected)
    else:
        assert np.isnan([found.determinism, found.laminarity, found.corm]).all()


@given(SCANPATHS, SCANPATHS)
def test_every_value_lies_in_its_range_or_has_a_reason(a, b):
    values, reasons = similar(Pair(a, b, SHAPE), SIMILARITIES)
    for measure, value, reason in zip(SIMILARITIES, values, reasons, strict=True):
        assert np.isnan(value) == bool(reason)
        assert reason or measure.range[0] - 1e-9 <= value <= measure.range[1] + 1e-9


BEST = {"higher": max, "lower": min}


@given(SCANPATHS)
def test_nothing_is_more_like_a_scanpath_than_itself(a):
    values, reasons = similar(Pair(a, a, SHAPE), SIMILARITIES)
    for measure, value, reason in zip(SIMILARITIES, values, reasons, strict=True):
        if measure.id == "corm":
            assert reason or value == pytest.approx(0, abs=1e-9)
        elif measure.direction and measure.id not in ("recurrence", "determinism"):
            assert reason or value == pytest.approx(BEST[measure.direction](measure.range))


@given(st.integers(0, 10_000), st.integers(0, 9), st.integers(0, 9))
def test_either_may_be_the_first(seed, n, m):
    # drawn without ties: of alignments that cost the same, one is chosen
    rng = np.random.default_rng(seed)
    a, b = (scanpath(rng.random((k, 3)) * (800, 600, 0.4)) for k in (n, m))
    there, reasons = similar(Pair(a, b, SHAPE), SIMILARITIES)
    back, also = similar(Pair(b, a, SHAPE), SIMILARITIES)
    assert reasons == also
    signs = np.array([-1 if measure.id == "corm" else 1 for measure in SIMILARITIES])
    assert there == pytest.approx(signs * back, rel=1e-9, abs=1e-9, nan_ok=True)


def test_without_durations_what_needs_none_is_told():
    untimed = scanpath([(x, y, np.nan) for x, y, _ in GOLDEN["A"]])
    timed = scanpath(GOLDEN["B"])
    pair = Pair(untimed, timed, SHAPE, fixation_clusters([untimed, timed]))
    values, reasons = similar(pair, SIMILARITIES)
    lacking = {m.id for m, reason in zip(SIMILARITIES, reasons, strict=True) if reason}
    grouped = {m.id for m in SIMILARITIES if m.id.endswith("-grouped")}
    assert lacking == {
        "multimatch-duration",
        "scanmatch-duration",
        "sequence-score-clusters-duration",
        *grouped,
    }
    assert {reason for reason in reasons if reason} == {"fixations without durations"}
    position = similarity_of("multimatch-position")
    assert values[SIMILARITIES.index(position)] == pytest.approx(0.971715729, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "id_", "reason"),
    [
        (0, "dtw", "no fixations in use"),
        (1, "recurrence", "fewer than two fixations"),
        (2, "multimatch-shape", "fewer than three fixations"),
        (2, "tde", "fewer than three fixations"),
        (3, "determinism", "the scanpaths have no place in common"),
    ],
)
def test_undefined_is_nan_with_a_reason(n, id_, reason):
    short = scanpath([(1, 1, 0.2)] * n)
    values, reasons = similar(
        Pair(short, scanpath([(700, 500, 0.2)] * 5), SHAPE), (similarity_of(id_),)
    )
    assert np.isnan(values).all()
    assert reasons == (reason,)


def test_fixations_too_short_for_a_bin_have_no_string():
    brief = scanpath([(1, 1, 0.02)] * 3)
    both, measure = Pair(brief, brief, SHAPE), similarity_of("scanmatch-duration")
    values, reasons = similar(both, (measure,))
    assert np.isnan(values).all()
    assert reasons == ("undefined for these scanpaths",)


def test_the_catalog_says_what_a_reader_needs():
    assert len({measure.id for measure in SIMILARITIES}) == len(SIMILARITIES)
    for measure in SIMILARITIES:
        assert measure.definition.endswith(".")
        assert measure.direction in ("higher", "lower", "")
        assert measure.variant and measure.unit and measure.citation
    with pytest.raises(SettingsError, match=r"no measure 'beauty'.*scanmatch"):
        similarity_of("beauty")
