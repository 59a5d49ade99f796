"""Gaze samples in the exports of eye trackers' programs: each format gives the same recording."""

import gzip
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from counted import counted
from vendor_files import CLOCK_MS, LOOKS, SAMPLE_MS, SCREEN_PX, pictures
from vendor_samples import (
    ALL_GAZE,
    GAZE_CASES,
    PUPIL_MM,
    GazeCase,
    as_arrays,
    cloud,
    core,
    gazeparser,
    gazepoint_gaze,
    ogama_gaze,
    pro_lab_gaze,
    shown,
    smi_gaze,
    tobii_sdk,
    tobii_studio_gaze,
    trials,
)

from gazelab.errors import ReadError
from gazelab.io.readers import READERS, sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import finish

P1 = tuple(look for look in LOOKS if look.participant == "P1")


def read(path: Path, settings: ReadSettings = ReadSettings()) -> Reading:
    return counted(finish(sniff(path).read(path, settings)))


def written(folder: Path, files: dict[str, str | bytes], opened: str = "") -> Path:
    return GazeCase("", opened or next(iter(files)), lambda _: files).path(folder)


def imported(case: GazeCase, folder: Path) -> Addition:
    names = {look.picture for look in case.looks}
    images = pictures(folder / "pictures", *sorted(n if "." in n else f"{n}.png" for n in names))
    plan = ImportPlan((Source(case.path(folder)),), folder / "p.gazelab", images=images)
    return finish(import_files(plan, Project(title="p")))


@pytest.mark.parametrize("case", GAZE_CASES.values(), ids=GAZE_CASES)
def test_samples_come_back_on_their_pictures(tmp_path: Path, case: GazeCase) -> None:
    addition = imported(case, tmp_path)
    expected = trials(case.looks)
    assert len(addition.recordings) == len(expected)
    for recording, rows in zip(addition.recordings, expected.values(), strict=True):
        found = np.array([recording.t_ms, recording.x_px, recording.y_px])
        np.testing.assert_allclose(found, as_arrays(rows), atol=0.01, err_msg=str(recording.key))
        assert (recording.eye, recording.pupil_unit) == (case.eye, case.pupil_unit)
        assert recording.rate_hz == pytest.approx(1000 / SAMPLE_MS)
    assert addition.records[-1].reader == case.reader


@pytest.mark.parametrize("case", ALL_GAZE.values(), ids=ALL_GAZE)
def test_every_sample_is_counted(tmp_path: Path, case: GazeCase) -> None:
    reading = read(case.path(tmp_path))
    there = shown(case.looks)
    assert reading.counts["samples in the file"] == len(there)
    lost = sum(n for name, n in reading.counts.items() if name.startswith("samples lost"))
    assert lost == sum(sample.look is None for sample in there) > 0
    assert sum(np.isnan(item.x_px).sum() for item in reading.recordings) == lost


@pytest.mark.parametrize("case", ALL_GAZE.values(), ids=ALL_GAZE)
def test_counts_add_up_whatever_is_asked_for(tmp_path: Path, case: GazeCase) -> None:
    path = case.path(tmp_path)
    for eye, samples in product(("", "left", "right", "mean"), (True, False)):
        try:
            reading = read(path, ReadSettings(eye=eye, samples=samples))
        except ReadError as error:
            assert not samples
            assert "There is no fixation in the file" in str(error)
        else:
            assert bool(reading.recordings) == samples


@pytest.mark.parametrize("case", ALL_GAZE.values(), ids=ALL_GAZE)
def test_the_content_tells_the_format(tmp_path: Path, case: GazeCase) -> None:
    path = case.path(tmp_path)
    known = [reader.id for reader in READERS if reader.id != "table" and reader.sniff(path)]
    assert known[0] == case.reader


@pytest.mark.parametrize(
    "name", ["Studio", "Pro Lab mcs", "Pro Lab media", "Pro Lab glasses", "Gazepoint", "Neon"]
)
def test_fixations_are_read_beside_the_samples(tmp_path: Path, name: str) -> None:
    case = GAZE_CASES[name]
    paths = imported(case, tmp_path).scanpaths
    x_px = np.concatenate([path.x_px for path in paths]).tolist()
    onset_ms = np.concatenate([path.onset_ms for path in paths]).tolist()
    assert x_px == pytest.approx([look.x_px for look in case.looks])
    assert onset_ms == pytest.approx([look.onset_ms for look in case.looks])


def test_samples_can_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, tobii_studio_gaze(LOOKS))
    reading = read(path, ReadSettings(samples=False))
    assert not reading.recordings
    assert reading.scanpaths
    assert reading.counts["samples left out: not asked for"] == len(shown(LOOKS))
    only = written(tmp_path, tobii_sdk(P1[:3]))
    with pytest.raises(ReadError, match="There is no fixation in the file"):
        read(only, ReadSettings(samples=False))


@pytest.mark.parametrize(("eye", "shift_px"), [("left", -1), ("right", 1), ("mean", 0), ("", 0)])
def test_an_eye_can_be_asked_for(tmp_path: Path, eye: str, shift_px: float) -> None:
    reading = read(written(tmp_path, tobii_studio_gaze(LOOKS)), ReadSettings(eye=eye))
    recording = reading.recordings[0]
    assert recording.eye == (eye or "mean")
    seen = recording.x_px[np.isfinite(recording.x_px)]
    assert seen[0] == pytest.approx(LOOKS[0].x_px + shift_px)
    assert reading.contract.positions == "stimulus px"


def test_an_eye_that_is_not_there_is_said(tmp_path: Path) -> None:
    reading = read(written(tmp_path, gazepoint_gaze(P1)), ReadSettings(eye="left"))
    assert reading.recordings[0].eye == "mean"
    assert "no gaze of the left eye alone" in " ".join(reading.notes)


def test_the_pupil_of_an_invalid_eye_is_not_used(tmp_path: Path) -> None:
    recording = read(written(tmp_path, pro_lab_gaze(LOOKS, "mcs"))).recordings[0]
    assert recording.pupil is not None
    there = np.isfinite(recording.pupil)
    assert np.array_equal(there, np.isfinite(recording.x_px))
    assert set(recording.pupil[there]) == {PUPIL_MM}
    assert (recording.accuracy_deg, recording.precision_deg) == (0.5, 0.25)
    assert recording.clock_ms == CLOCK_MS


def test_saccades_have_their_size(tmp_path: Path) -> None:
    reading = read(written(tmp_path, tobii_studio_gaze(LOOKS)))
    first = reading.events[0]
    assert (first.kind, first.participant, first.stimulus) == ("saccade", "P1", "a.png")
    assert first.onset_ms.tolist()[:2] == [-20.0, 280.0]  # the first began on the blank
    assert first.amplitude_deg is not None
    assert set(first.amplitude_deg) == {2.5}
    assert reading.counts["saccades in the file"] == sum(map(len, reading.events))


def test_empty_columns_of_the_media_do_not_hide_those_of_the_screen(tmp_path: Path) -> None:
    reading = read(written(tmp_path, pro_lab_gaze(LOOKS, "screen")))
    assert (reading.contract.positions, reading.contract.placed) == ("screen px", "centred")
    assert (reading.contract.screen.width_px, reading.contract.screen.height_px) == SCREEN_PX
    assert not np.isnan(reading.scanpaths[0].x_px).any()


def test_the_place_of_a_picture_is_told_trial_by_trial(tmp_path: Path) -> None:
    reading = read(written(tmp_path, pro_lab_gaze(LOOKS, "media")))
    assert reading.contract.placed == "as told"
    assert {place.size_px for place in reading.placements.values()} == {(400, 200)}
    assert set(reading.placements) == {item.key for item in reading.recordings}


def test_a_picture_that_scrolls_is_held_still(tmp_path: Path) -> None:
    files = pro_lab_gaze(P1[:1], "media")
    lines = str(files["x.tsv"]).splitlines()
    header = lines[0].lstrip("\ufeff").split("\t")
    top = header.index("Presented Media position Y [DACS px]")
    place = header.index("Gaze point Y [DACS px]")
    cells = lines[15].split("\t")
    assert cells[header.index("Eye movement type")] == "Fixation"
    cells[top], cells[place] = str(float(cells[top]) - 50), str(float(cells[place]) - 50)
    moved = written(tmp_path, {"y.tsv": "\n".join([*lines[:15], "\t".join(cells), *lines[16:]])})
    still = written(tmp_path, files)
    first, second = read(moved).recordings[0], read(still).recordings[0]
    np.testing.assert_allclose(first.y_px, second.y_px)


def test_a_recording_without_stimulus_is_called_like_itself(tmp_path: Path) -> None:
    text = str(pro_lab_gaze(P1, "screen")["x.tsv"]).replace("\ta.png\t", "\t\t")
    reading = read(written(tmp_path, {"x.tsv": text.replace("\tb.png\t", "\t\t")}))
    assert [item.key for item in reading.recordings] == [("P1", "Recording of P1", "1")]
    assert "rows rejected: no stimulus" not in reading.counts


def test_gazepoint_blinks_are_the_rows_with_their_number(tmp_path: Path) -> None:
    reading = read(written(tmp_path, gazepoint_gaze(P1)))
    (blinks,) = reading.events
    assert (blinks.kind, blinks.stimulus) == ("blink", "a.png")
    assert blinks.onset_ms.tolist() == pytest.approx([280.0])
    assert blinks.duration_ms.tolist() == pytest.approx([40.0])
    assert reading.counts["blinks in the file"] == len(blinks) == 1


def test_gazepoint_rows_of_no_fixation_are_samples(tmp_path: Path) -> None:
    reading = read(written(tmp_path, gazepoint_gaze(P1)))
    assert reading.counts["samples lost: BPOGV is not 1"] == 12
    assert not any(name.startswith("rows rejected") for name in reading.counts)


def test_nanoseconds_stay_whole(tmp_path: Path) -> None:
    case = GAZE_CASES["Neon"]
    files = cloud(case.looks, "scene")
    text = str(files["timeseries/gaze.csv"]).replace("175076015", "175076016", 1)
    reading = read(written(tmp_path, files | {"timeseries/gaze.csv": text}, "timeseries"))
    recording = reading.recordings[0]
    assert recording.t_ms[1] == 20.0 - 1e-6
    kinds = [events.kind for events in reading.events]
    assert sorted(kinds) == ["blink", "saccade"]
    assert reading.contract.zero == "first"


def test_sections_of_one_recording_are_trials(tmp_path: Path) -> None:
    files = cloud(GAZE_CASES["Neon"].looks, "scene")
    first = files["timeseries/gaze.csv"]
    header, *rows = str(first).splitlines()
    later = [row.replace("s-1", "s-0").replace(",16850888", ",16850899") for row in rows]
    both = "\n".join([header, *later, *rows])
    reading = read(written(tmp_path, files | {"timeseries/gaze.csv": both}, "timeseries"))
    assert {item.trial: len(item) for item in reading.recordings} == {"1": 36, "2": 36}
    assert {path.trial for path in reading.scanpaths} == {"1"}  # of s-1, which came first


def test_fixations_of_another_recording_are_noticed(tmp_path: Path) -> None:
    files = core(GAZE_CASES["Core"].looks)
    name = "rec/exports/000/gaze_positions.csv"
    late = str(files[name]).replace("\n-7.", "\n97.").replace("\n-6.", "\n98.")
    reading = read(written(tmp_path, files | {name: late}, "rec/exports/000"))
    assert "were not made at the same time" in " ".join(reading.notes)


def test_one_file_of_a_pupil_export_is_read_alone(tmp_path: Path) -> None:
    path = written(tmp_path, core(GAZE_CASES["Core"].looks), "rec/exports/000/fixations.csv")
    reading = read(path)
    assert not reading.recordings
    assert [path.key for path in reading.scanpaths] == [("rec", "scene", "1")]


def test_blinks_alone_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, core(GAZE_CASES["Core"].looks), "rec/exports/000/blinks.csv")
    with pytest.raises(ReadError, match="There is nothing to read"):
        read(path)


def test_smi_says_what_its_preamble_does(tmp_path: Path) -> None:
    reading = read(written(tmp_path, smi_gaze(P1)))
    screen = reading.contract.screen
    assert (screen.width_px, screen.width_mm, screen.distance_mm) == (400, 474, 700)
    assert reading.recordings[0].rate_hz == 50
    assert reading.counts["rows rejected: message"] == 2
    assert reading.counts["fixations in the file"] == len(P1)
    assert reading.scanpaths[0].duration_ms.tolist() == [200.0, 240.0, 100.0]


def test_smi_without_names_of_pictures_calls_trials_by_number(tmp_path: Path) -> None:
    text = str(smi_gaze(P1)["x.txt"]).replace("# Message: ", "# ")
    for name in ("a.png", "b.png"):
        text = text.replace(f"\t{name}\n", "\t\n")
    reading = read(written(tmp_path, {"x.txt": text}))
    assert [item.stimulus for item in reading.recordings] == ["trial 1", "trial 2"]
    assert reading.contract.zero == "first"


def test_smi_before_the_first_picture_is_rejected(tmp_path: Path) -> None:
    text = str(smi_gaze(P1)["x.txt"]).replace("\ta.png\n", "\t\n").replace("\tb.png\n", "\t\n")
    lines = text.splitlines()
    lines[8], lines[9] = lines[9], lines[8].replace("70595000000", "70595010000")
    reading = read(written(tmp_path, {"x.txt": "\n".join(lines)}))
    assert reading.counts["rows rejected: before the first picture"] == 1
    assert [item.stimulus for item in reading.recordings] == ["a.png", "b.png"]
    assert reading.recordings[0].t_ms[0] == 10.0


def test_the_sdk_does_not_say_how_large_the_screen_was(tmp_path: Path) -> None:
    reading = read(written(tmp_path, tobii_sdk(P1[:3])))
    assert reading.contract.positions == "screen fraction"
    assert reading.contract.lacking
    recording = reading.recordings[0]
    assert recording.clock_ms == pytest.approx(2_619_771.723)
    assert math.isnan(recording.x_px[0])
    assert recording.x_px[4] == LOOKS[0].x_px / SCREEN_PX[0]


def test_pro_lab_may_be_a_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook

    text = str(pro_lab_gaze(LOOKS, "media")["x.tsv"]).lstrip("\ufeff")
    workbook = Workbook()
    workbook.active.title = "About"
    sheet = workbook.create_sheet("Data")
    for number, line in enumerate(text.splitlines()):
        cells = line.split("\t")
        sheet.append(cells if number == 0 else [_value(cell) for cell in cells])
    workbook.save(tmp_path / "x.xlsx")
    reading, same = read(tmp_path / "x.xlsx"), read(written(tmp_path, {"x.tsv": text}))
    assert sniff(tmp_path / "x.xlsx").id == "tobii-pro-lab"
    assert dict(reading.counts) == dict(same.counts)
    for found, expected in zip(reading.recordings, same.recordings, strict=True):
        assert found.key == expected.key
        assert np.array_equal(found.t_ms, expected.t_ms)
        assert np.array_equal(found.x_px, expected.x_px, equal_nan=True)
    assert len(reading.scanpaths) == len(same.scanpaths) == 3


def _value(cell: str) -> str | float | None:
    """Return what a workbook holds for the text of a cell."""
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def test_ogama_trials_of_one_slide_begin_anew(tmp_path: Path) -> None:
    files = ogama_gaze(P1)
    text = str(files["x.txt"]).replace("\t1\tb.png\t1\t", "\t1\ta.png\t2\t")
    reading = read(written(tmp_path, {"x.txt": text}))
    assert [item.key for item in reading.recordings] == [("P1", "a.png", "1"), ("P1", "a.png", "2")]
    assert [item.t_ms[0] for item in reading.recordings] == [0.0, 0.0]


def test_samples_that_go_back_in_time_are_counted_and_sorted(tmp_path: Path) -> None:
    lines = str(pro_lab_gaze(P1[:3], "mcs")["x.tsv"]).splitlines()
    lines[11], lines[13] = lines[13], lines[11]
    reading = read(written(tmp_path, {"x.tsv": "\n".join(lines)}))
    assert reading.counts["samples earlier than the sample before"] == 1
    assert (np.diff(reading.recordings[0].t_ms) > 0).all()


def test_a_stream_of_the_glasses_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    case = ALL_GAZE["Glasses 2"]
    path = case.path(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ReadError, match=r"The compressed data are damaged.*cut short"):
        read(path)
    path.write_bytes(gzip.compress(b'{"ts":1,"s":0,"gidx":1,"gp":[0.5,0.5]}\n{"ts":2,"s":0,"gi'))
    with pytest.raises(ReadError, match="line 2: The line is no value of a sensor"):
        read(path)


def test_the_glasses_say_what_is_not_used(tmp_path: Path) -> None:
    reading = read(ALL_GAZE["Glasses 2"].path(tmp_path), ReadSettings(eye="left"))
    assert reading.counts["rows rejected: accelerometer"] == 1
    assert reading.counts["rows rejected: gaze point in space"] == 36
    notes = " ".join(reading.notes)
    assert "The scene video begins 0.085 s after the first gaze sample" in notes
    assert "none of one eye alone" in notes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#DATAFORMAT,T,X,Y,P\n", "", "A sample stands before the names of its columns"),
        ("100.000,", "1o0.000,", r"line 11: '1o0\.000' in column 'T' is not a number"),
        (",132.1\n", "\n", "has 3 cells instead of 4"),
        ("#MESSAGE,100.0,", "#MESSAGE,x,", "The message has no time"),
        ("DATAFORMAT,T,X,Y,P", "DATAFORMAT,T,A,B,P", "no columns of gaze"),
    ],
)
def test_damage_of_gazeparser_is_one_sentence(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = str(gazeparser(P1)["P1.csv"])
    assert old in text
    with pytest.raises(ReadError, match=message):
        read(written(tmp_path, {"P1.csv": text.replace(old, new, 1)}))


def test_smi_raw_cells_that_are_wrong_have_line_and_column(tmp_path: Path) -> None:
    text = str(smi_gaze(P1)["x.txt"])
    lines = text.splitlines()
    place = lines[13].split("\t")[4]
    lines[13] = lines[13].replace(place, f"{place}x")
    with pytest.raises(ReadError, match=rf"line 14: '{place}x' in column 'L POR X \[px\]'"):
        read(written(tmp_path, {"x.txt": "\n".join(lines)}))
