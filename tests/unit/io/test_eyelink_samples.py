"""Samples of EyeLink recordings: the same numbers as in the file, each accounted for."""

import gzip
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from counted import counted
from eyelink_files import Block, Fix, asc_text, write_asc
from hypothesis import given
from hypothesis import strategies as st
from mutations import mutants

from gazelab.data.recording import Recording
from gazelab.errors import ReadError
from gazelab.io.eyelink_asc import parse_asc
from gazelab.io.eyelink_samples import forward
from gazelab.io.eyelink_trials import read_asc
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import Step, finish

SHOWN = ((20, "!V IMGLOAD CENTER images/a.png 640 512"),)
FIXES = (Fix(10, 110, 512.5, 400), Fix(150, 349, 700, 300.5))
BOTH = ("  100.0\t  200.0\t  900.0\t  110.0\t  220.0\t  800.0",)
KINDS = ("samples", "fixations", "saccades", "blinks")


def read(path: Path, **wishes: object) -> Reading:
    return counted(finish(read_asc(path, ReadSettings(**wishes))))  # type: ignore[arg-type]


def only(reading: Reading) -> Recording:
    (recording,) = reading.recordings
    return recording


def accounted(reading: Reading, kind: str) -> int:
    """Return how many of a kind are kept, left out, or rejected."""
    kept = {
        "samples": sum(map(len, reading.recordings)),
        "fixations": sum(map(len, reading.scanpaths)),
        "saccades": sum(len(events) for events in reading.events if events.kind == "saccade"),
        "blinks": sum(len(events) for events in reading.events if events.kind == "blink"),
    }[kind]
    starts = (f"{kind} rejected", f"{kind} left out")
    return kept + sum(n for name, n in reading.counts.items() if name.startswith(starts))


# Real files.


def real_lines(path: Path) -> list[str]:
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return data.decode("latin-1").replace("\r\n", "\n").split("\n")


def naive(lines: list[str]) -> list[list[float]]:
    """Parse the lines of samples one by one: time, then x, y and pupil of each eye."""
    eyes, rows = 0, []
    for line in lines:
        words = line.split()
        if words[:1] == ["SAMPLES"]:
            eyes = ("LEFT" in words) + ("RIGHT" in words)
        if line[:1].isdigit():
            values = [math.nan if w == "." else float(w) for w in words[: 1 + 3 * eyes]]
            for at in range(3, len(values), 3):
                values[at] = values[at] or math.nan
            rows.append(values)
    return rows


def real_files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "formats" / "eyelink_asc").iterdir())


def test_samples_of_the_real_files_are_those_of_a_naive_parser(shared_data: Path) -> None:
    for path in real_files(shared_data):
        table = finish(parse_asc(path)).samples
        expected = np.array(naive(real_lines(path)))
        assert table is not None
        found = np.column_stack([table.time_ms, *(column for eye in table.eyes for column in eye)])
        np.testing.assert_array_equal(found, expected, err_msg=path.name)


def test_everything_in_the_real_files_is_accounted_for(shared_data: Path) -> None:
    starts = {"fixations": "EFIX", "saccades": "ESACC", "blinks": "EBLINK"}
    for path in real_files(shared_data):
        expected = dict.fromkeys(KINDS, 0)
        for line in real_lines(path):
            expected["samples"] += line[:1].isdigit()
            for kind, start in starts.items():
                expected[kind] += line.startswith(start)
        for wishes in ({}, {"eye": "left"}, {"eye": "right"}, {"eye": "mean"}, {"samples": False}):
            reading = read(path, **wishes)
            for kind in KINDS:
                told = reading.counts[f"{kind} in the file"]
                assert (path.name, told) == (path.name, expected[kind])
                assert accounted(reading, kind) == told, (path.name, wishes, kind)
            for recording in reading.recordings:
                assert (np.diff(recording.t_ms) > 0).all()


def test_a_real_binocular_recording(shared_data: Path) -> None:
    path = shared_data / "formats" / "eyelink_asc" / "bino1000.asc.gz"
    left, right = (read(path, eye=eye).recordings[0] for eye in ("left", "right"))
    assert (left.eye, right.eye) == ("left", "right")
    assert (left.accuracy_deg, right.accuracy_deg) == (0.35, 0.30)
    assert left.x_px[:2].tolist() == [502.3, 500.2]
    assert right.x_px[:2].tolist() == [512.8, 511.7]
    assert left.clock_ms == 7427440
    assert left.t_ms[0] == 7427362 - 7427440
    assert left.px_per_deg == pytest.approx(35.17, abs=0.01)
    mean = read(path, eye="mean").recordings[0]
    np.testing.assert_allclose(mean.x_px, (left.x_px + right.x_px) / 2)
    assert mean.eye == "mean"


def test_doubled_times_of_a_real_recording_are_set_apart(shared_data: Path) -> None:
    recording = read(shared_data / "formats" / "eyelink_asc" / "mono2000.asc.gz").recordings[0]
    assert recording.rate_hz == 2000
    assert set(np.diff(recording.t_ms)) == {0.5}


def test_a_real_recording_in_href_has_no_samples_in_pixels(shared_data: Path) -> None:
    reading = read(shared_data / "formats" / "eyelink_asc" / "test_eyelink_HREF.asc")
    assert not reading.recordings
    assert reading.counts["samples rejected: positions are not pixels of the screen (HREF)"] == 1001
    assert len(reading.scanpaths) == 1


# Made-up files.


def test_samples_are_of_the_trial_and_the_picture_of_the_scanpath(tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, rate=500, length=400, pupil="DIAMETER")
    reading = read(write_asc(tmp_path / "s1.asc", block))
    recording = only(reading)
    assert recording.key == reading.scanpaths[0].key == ("s1", "images/a.png", "1")
    assert recording.t_ms.tolist() == list(range(-20, 380, 2))
    assert (recording.x_px == 512).all()
    assert (recording.y_px == 384).all()
    assert (recording.pupil == 1000).all()
    assert (recording.pupil_unit, recording.rate_hz, recording.eye) == ("diameter", 500, "left")
    assert recording.clock_ms == 5020
    assert recording.px_per_deg == 36
    assert recording.origin.reader == "eyelink-asc"


def test_samples_can_be_left_out(tmp_path: Path) -> None:
    reading = read(write_asc(tmp_path / "a.asc", Block(5000, FIXES, during=SHOWN)), samples=False)
    assert not reading.recordings
    assert len(reading.scanpaths) == 1
    assert reading.counts["samples left out: not asked for"] == 1000
    assert any("1,000 samples were counted, not kept" in note for note in reading.notes)


def test_a_block_without_fixations_has_samples_only(tmp_path: Path) -> None:
    block = Block(5000, (), during=SHOWN, length=100)
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert not reading.scanpaths
    assert len(only(reading)) == 100


def test_what_the_tracker_lost_is_nan(tmp_path: Path) -> None:
    gaze = (
        "   .\t   .\t    0.0",
        "  -12.5\t  384.0\t 1000.0",
        "-32768.0\t 1e08\t 1000.0",
        " 1512.0\t  384.0\t    .",
    )
    recording = only(read(write_asc(tmp_path / "a.asc", Block(5, FIXES, during=SHOWN, gaze=gaze))))
    nan = math.nan
    np.testing.assert_array_equal(recording.x_px[:4], [nan, -12.5, nan, 1512])
    np.testing.assert_array_equal(recording.y_px[:4], [nan, 384, nan, 384])
    np.testing.assert_array_equal(recording.pupil[:4], [nan, 1000, 1000, nan])


@pytest.mark.parametrize(
    "line",
    [
        "5500\t  512.0\t  384",
        "5500\t  512.0\t  38X.0\t 1000.0\t...",
        "55OO\t  512.0\t  384.0\t 1000.0\t...",
        "5500\t  512.0\t\t 1000.0\t...",
        "5500\t  512.0\t  384.0\t 100",
        "5500",
    ],
)
def test_a_damaged_sample_is_counted_and_not_taken(line: str, tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, length=400, extra=(line,))
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert len(only(reading)) == 400
    assert reading.counts["samples rejected: damaged line"] == 1
    assert reading.counts["samples in the file"] == 401


def test_a_clock_that_runs_back_within_a_trial_leaves_out_the_fewest(tmp_path: Path) -> None:
    line = "\t  512.0\t  384.0\t 1000.0\t..."
    extra = tuple(f"{time}{line}" for time in (5100, 9999, 5400, 5400, 5401))
    block = Block(5000, FIXES, during=SHOWN, length=400, extra=extra)
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert only(reading).t_ms.tolist() == [*range(-20, 380), 380, 381]
    assert reading.counts["samples rejected: the clock does not go forward"] == 3


@pytest.mark.parametrize("whole_ms", [True, False])
def test_times_at_2000_hz(whole_ms: bool, tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, rate=2000, length=400, whole_ms=whole_ms)
    assert only(read(write_asc(tmp_path / "a.asc", block))).t_ms.tolist() == [
        k / 2 for k in range(-40, 760)
    ]


def test_columns_of_a_remote_tracker_are_passed_over(tmp_path: Path) -> None:
    target = "\t 4717.0\t 2908.0\t  611.2 ............."
    block = Block(5000, FIXES, during=SHOWN, length=50, rate=250, targets=target)
    assert (only(read(write_asc(tmp_path / "a.asc", block))).x_px == 512).all()


def test_samples_of_each_picture_of_a_trial(tmp_path: Path) -> None:
    during = tuple((time, f"!V IMGLOAD FILL {name}.png") for time, name in ((20, "a"), (150, "b")))
    reading = read(write_asc(tmp_path / "a.asc", Block(700, FIXES, during=during, length=300)))
    first, second = reading.recordings
    assert (first.stimulus, first.t_ms[0], first.t_ms[-1]) == ("a.png", -20, 129)
    assert (second.stimulus, second.t_ms[0], second.t_ms[-1]) == ("b.png", 0, 149)
    assert math.isnan(first.px_per_deg)  # the picture was stretched over the screen


def test_blocks_of_one_eye_and_of_both_in_one_file(tmp_path: Path) -> None:
    shown = {"during": SHOWN, "length": 50}
    blocks = [
        Block(5000, (Fix(10, 40, 1, 1),), **shown),
        Block(6000, (Fix(10, 40, 2, 2, "R"),), eyes="LR", gaze=BOTH, **shown),
        Block(
            7000, (Fix(10, 40, 3, 3, "R"),), eyes="R", gaze=("    7.0\t    8.0\t    9.0",), **shown
        ),
    ]
    reading = read(write_asc(tmp_path / "a.asc", *blocks), eye="right")
    places = [(r.eye, r.x_px[0], r.y_px[0], r.pupil[0]) for r in reading.recordings]
    assert places == [("left", 512, 384, 1000), ("right", 110, 220, 800), ("right", 7, 8, 9)]
    assert all(len(recording) == 50 for recording in reading.recordings)


@pytest.mark.parametrize(
    ("eye", "x_px", "fixations"),
    [("left", 100, [1]), ("right", 110, [2, 2]), ("", 110, [2, 2]), ("mean", 105, [2, 2])],
)
def test_the_eye_that_is_wished(eye: str, x_px: float, fixations: list, tmp_path: Path) -> None:
    fixes = (Fix(10, 40, 1, 1), Fix(10, 40, 2, 2, "R"), Fix(50, 90, 2, 2, "R"))
    extra = ("EBLINK L 5010\t5020\t11", "ESACC R 5041\t5050\t10\t1\t1\t9\t9\t  0.50\t  60")
    lost = "   .\t   .\t    0.0\t  110.0\t  220.0\t  800.0"
    block = Block(5000, fixes, during=SHOWN, eyes="LR", length=100, gaze=(*BOTH, lost), extra=extra)
    reading = read(write_asc(tmp_path / "a.asc", block), eye=eye)
    recording = only(reading)
    assert recording.x_px[0] == x_px
    assert recording.eye == (eye or "right")
    assert np.isnan(recording.x_px[1]) == (eye in ("left", "mean"))
    assert reading.scanpaths[0].x_px.tolist() == fixations
    assert [events.kind for events in reading.events] == ["blink" if eye == "left" else "saccade"]
    for kind in KINDS:
        assert accounted(reading, kind) == reading.counts[f"{kind} in the file"]
    assert any("mean of both eyes" in note for note in reading.notes) is (eye == "mean")


def test_saccades_and_blinks(tmp_path: Path) -> None:
    extra = (
        "ESACC L  5111\t5149\t39\t  512.5\t  400.0\t  700.0\t  300.5\t   4.87\t    301",
        "ESACC L  5350\t5399\t50\t  700.0\t  300.5\t   .\t   .\t2.3e+06\t    412",
        "EBLINK L 5355\t5380\t26",
        "EBLINK L 53X5\t5380\t26",
        "ESACC L  5350\t5399",
    )
    block = Block(5000, FIXES, during=SHOWN, extra=extra)
    reading = read(write_asc(tmp_path / "a.asc", block))
    saccades, blinks = reading.events
    assert saccades.trial_key == blinks.trial_key == reading.scanpaths[0].key
    assert saccades.onset_ms.tolist() == [91, 330]
    assert saccades.duration_ms.tolist() == [39, 50]
    np.testing.assert_array_equal(saccades.amplitude_deg, [4.87, math.nan])
    assert saccades.peak_velocity_deg_s.tolist() == [301, 412]
    assert (blinks.kind, blinks.onset_ms.tolist()) == ("blink", [335])
    assert blinks.amplitude_deg is None
    assert reading.counts["saccades rejected: damaged line"] == 1
    assert reading.counts["blinks rejected: damaged line"] == 1


def test_the_accuracy_is_of_the_last_validation_before_the_recording(tmp_path: Path) -> None:
    def told(error: str, time: int) -> tuple[int, str]:
        return time, f"!CAL VALIDATION HV9 L LEFT  GOOD ERROR {error} avg. 0.83 max  OFFSET 0.1 deg"

    def block(start: int, *before: tuple[int, str]) -> Block:
        return Block(start, FIXES, ((-50, "TRIALID 1"), *before), SHOWN, length=20)

    blocks = (
        block(5000),
        block(7000, told("0.90", -40), told("0.31", -30)),
        block(9000),
        block(11000, told("0.45", -40)),
    )
    recordings = read(write_asc(tmp_path / "a.asc", *blocks)).recordings
    np.testing.assert_array_equal(
        [r.accuracy_deg for r in recordings], [math.nan, 0.31, 0.31, 0.45]
    )


NAMES = {
    "image": ([(1, "!V TRIAL_VAR cond a"), (2, "!V TRIAL_VAR x p.png")], "p.png", "variable x"),
    "item": (
        [(1, "!V TRIAL_VAR cond a"), (2, "!V TRIAL_VAR item_nr 17")],
        "17",
        "variable item_nr",
    ),
    "drawing": ([(0, "!V DRAW_LIST graphics/VC_3.vcl")], "graphics/VC_3.vcl", "DRAW_LIST"),
    "TRIALID": ([(0, "TRIALID E1I12D0")], "E1I12D0", "TRIALID"),
    "number": ([(0, "TRIALID 7")], "trial 1", "number of the trial"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_trial_without_a_picture_is_named_by_what_the_file_tells(
    name: str, tmp_path: Path
) -> None:
    messages, stimulus, told = NAMES[name]
    block = Block(5000, FIXES, (), messages, length=400)
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert only(reading).stimulus == reading.scanpaths[0].stimulus == stimulus
    assert reading.placements[only(reading).key].centred
    assert any(told in note for note in reading.notes)
    assert reading.contract.placed == "centred"


def test_what_positions_mean(tmp_path: Path) -> None:
    before = (
        (-60, "SCREEN_PHYS_COORDS = -200 125 200 -125"),
        (-60, "screen_distance: 605 620"),
        (-50, "TRIALID 1"),
    )
    contract = read(write_asc(tmp_path / "a.asc", Block(5000, FIXES, before, SHOWN))).contract
    assert (contract.positions, contract.placed, contract.lacking) == ("screen px", "as told", ())
    screen = contract.screen
    assert (screen.width_px, screen.height_px) == (1280, 1024)
    assert (screen.width_mm, screen.height_mm) == (400, 250)
    assert screen.distance_mm == pytest.approx(599.7, abs=0.1)
    assert any("1280 x 1024" in reason for reason in contract.reasons)


def test_progress_is_told_for_each_part_of_a_file(tmp_path: Path) -> None:
    path = write_asc(tmp_path / "a.asc", Block(5000, FIXES, during=SHOWN, length=70_000))
    steps: list[Step] = []
    finish(read_asc(path), steps.append)
    assert len(steps) >= 2
    assert steps[-1].done == steps[-1].total == path.stat().st_size


def test_lines_that_lie_in_two_parts_of_a_file_are_read_whole(tmp_path: Path) -> None:
    length = 70_000
    gaze = [f"{k / 10:7.1f}\t{k:7.1f}\t{k + 1:7.1f}" for k in range(997)]
    path = write_asc(tmp_path / "a.asc", Block(5000, FIXES, during=SHOWN, length=length, gaze=gaze))
    recording = only(read(path))
    assert recording.t_ms.tolist() == list(range(-20, length - 20))
    assert recording.x_px.tolist() == [k % 997 / 10 for k in range(length)]
    packed = tmp_path / "b.asc.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    np.testing.assert_array_equal(only(read(packed)).x_px, recording.x_px)


NUMBER = st.one_of(
    st.floats(-99, 9999).map(lambda value: f"{value:7.1f}"),
    st.floats(-99, 9999).map(lambda value: f"{value:.2f}"),
    st.sampled_from(["   .", ".", "1e3", "  512"]),
)


@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=40))
def test_any_way_to_write_numbers(
    tmp_path_factory: pytest.TempPathFactory, gaze: list[tuple[str, str, str]]
) -> None:
    lines = ["\t".join(values) for values in gaze]
    block = Block(5000, FIXES, during=SHOWN, length=len(lines), gaze=lines)
    recording = only(read(write_asc(tmp_path_factory.mktemp("a") / "a.asc", block)))
    for k, column in enumerate((recording.x_px, recording.y_px, recording.pupil)):
        texts = [values[k].strip() for values in gaze]
        expected = np.array([math.nan if text == "." else float(text) for text in texts])
        if k == 2:
            expected[expected == 0] = math.nan
        np.testing.assert_array_equal(column, expected)


@given(st.lists(st.integers(0, 30), max_size=30), st.sampled_from([1000.0, 2000.0]))
def test_times_that_go_forward_are_as_many_as_can_be(times: list[int], rate_hz: float) -> None:
    time_ms, keep = forward(np.array(times, np.float64), rate_hz)
    assert (np.diff(time_ms[keep]) > 0).all()
    assert (np.abs(time_ms - times) < 1).all()
    longest = [0] * len(times)
    for k in range(len(times)):
        longest[k] = 1 + max([longest[j] for j in range(k) if time_ms[j] < time_ms[k]], default=0)
    assert keep.sum() == max(longest, default=0)


@pytest.mark.slow
def test_samples_are_read_much_faster_than_line_by_line(tmp_path: Path) -> None:
    gaze = [f"{k / 7 + 10:7.1f}\t{k / 3:7.1f}\t{k + 900:7.1f}" for k in range(997)]
    blocks = [
        Block(5000 + k * 20_000, FIXES, during=SHOWN, length=10_000, gaze=gaze) for k in range(30)
    ]
    path = write_asc(tmp_path / "a.asc", *blocks)
    ours, lines = math.inf, math.inf
    for _ in range(5):  # in turn, since the machine may have other work
        ours = min(ours, seconds(lambda: read(path)))
        lines = min(lines, seconds(lambda: naive(real_lines(path))))
    assert lines > 6 * ours


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


# Damaged files.


def check_mutants(tmp_path: Path, count: int) -> None:
    """Damaged files are refused, or all in them is accounted for and of the right kind."""
    extra = (
        "ESACC L  5111\t5149\t39\t  1\t  4\t  7\t  3\t   4.87\t    301",
        "EBLINK L 5355\t5380\t26",
    )
    blocks = (
        Block(5000, FIXES, during=SHOWN, length=30, extra=extra),
        Block(8000, (Fix(0, 9, 5, 5, "R"),), eyes="LR", gaze=BOTH, during=SHOWN, length=20),
        Block(9000, FIXES, during=SHOWN, length=20, rate=2000, samples="HREF"),
        Block(9900, FIXES, during=SHOWN, length=20, rate=2000),
    )
    path = tmp_path / "a.asc"
    for told, data in mutants(asc_text(blocks).encode(), 7, count):
        path.write_bytes(data)
        try:
            reading = read(path)
        except ReadError as error:
            assert str(error), told
            continue
        for kind in KINDS:
            assert accounted(reading, kind) == reading.counts[f"{kind} in the file"], (told, kind)
        for recording in reading.recordings:
            assert (np.diff(recording.t_ms) > 0).all(), told
            assert np.isfinite(recording.t_ms).all(), told
            assert len(recording.t_ms) == len(recording.x_px) == len(recording.y_px), told


def test_some_damaged_files(tmp_path: Path) -> None:
    check_mutants(tmp_path, 100)


@pytest.mark.slow
def test_many_damaged_files(tmp_path: Path) -> None:
    check_mutants(tmp_path, 2000)
