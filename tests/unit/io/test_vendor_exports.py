"""Exports of eye trackers' programs: one recording, however a program writes it down."""

from pathlib import Path

import numpy as np
import pytest
from counted import counted
from vendor_files import (
    CASES,
    HEIGHT_PX,
    LEFT_PX,
    LOOKS,
    WIDTH_PX,
    Case,
    Look,
    gazepoint,
    pictures,
    pro_lab,
    pupil_core,
    tobii_studio,
)
from vendor_samples import ALL_GAZE

from gazelab.data.gaze import Exclusion
from gazelab.errors import ReadError
from gazelab.io.exports import read_export
from gazelab.io.presets import OGAMA
from gazelab.io.readers import READERS, sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.vendors import VENDORS
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import finish


def read(path: Path) -> Reading:
    return counted(finish(sniff(path).read(path, ReadSettings())))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.dat"  # the name says nothing
    path.write_bytes(text.encode(encoding))
    return path


def imported(case: Case, folder: Path) -> Addition:
    """Import a file together with the pictures that it names."""
    names = {look.picture for look in case.looks}
    images = pictures(folder / "pictures", *sorted(names))
    plan = ImportPlan((Source(case.file(folder)),), folder / "p.gazelab", images=images)
    return finish(import_files(plan, Project(title="p")))


def looks_in(addition: Addition) -> list[Look]:
    return [
        Look(path.participant, path.stimulus, *numbers)
        for path in addition.scanpaths
        for numbers in zip(
            path.onset_ms.tolist(),
            path.duration_ms.tolist(),
            path.x_px.tolist(),
            path.y_px.tolist(),
            strict=True,
        )
    ]


def assert_rows_add_up(reading: Reading) -> None:
    counts = reading.counts
    rejected = sum(n for name, n in counts.items() if name.startswith("rows rejected"))
    of_events = sum(n for name, n in counts.items() if name.startswith("rows of"))
    of_events = of_events or sum(map(len, (*reading.scanpaths, *reading.events)))
    assert counts.get("rows read", counts.get("rows")) == rejected + of_events


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_recording_comes_back_on_its_pictures(tmp_path: Path, case: Case) -> None:
    addition = imported(case, tmp_path)
    found = looks_in(addition)
    assert [(k.participant, k.picture) for k in found] == [
        (k.participant, k.picture) for k in case.expected
    ]
    for part in ("onset_ms", "duration_ms", "x_px", "y_px"):
        np.testing.assert_allclose(
            [getattr(look, part) for look in found],
            [getattr(look, part) for look in case.expected],
            atol=1e-6,
            err_msg=part,
        )
    assert addition.records[-1].reader == case.reader
    outside = sum(k.x_px >= WIDTH_PX or k.y_px >= HEIGHT_PX for k in case.looks)
    off = [(path.exclusion == Exclusion.OFF_STIMULUS).sum() for path in addition.scanpaths]
    assert sum(off) == outside > 0 or case.name.startswith("cover/")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_content_tells_one_format_and_every_row_is_counted(tmp_path: Path, case: Case) -> None:
    path = case.file(tmp_path).rename(tmp_path / "anything.mat")
    others = [reader for reader in READERS if reader.id != "table" and reader.sniff(path)]
    assert others[0].id == case.reader
    assert_rows_add_up(read(path))


def test_no_two_formats_have_the_same_id() -> None:
    ids = [reader.id for reader in READERS]
    assert len(set(ids)) == len(ids)
    assert {vendor[0] for vendor in VENDORS} <= set(ids)
    cases = {case.reader for case in (*CASES.values(), *ALL_GAZE.values())}
    assert cases >= {vendor[0] for vendor in VENDORS}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252"]
)
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_tobii_studio_however_it_is_written(
    tmp_path: Path, encoding: str, decimal: str, end: str
) -> None:
    text = tobii_studio(LOOKS, decimal)
    if encoding in ("cp1252", "utf-16"):
        text = text.removeprefix("\ufeff")
    text = text.replace("Rec P", "Rec \xe4 P").replace("\r\n", end)
    reading = read(written(tmp_path, text, encoding))
    assert np.concatenate([path.x_px for path in reading.scanpaths]).tolist() == [
        look.x_px for look in LOOKS
    ]


def test_tobii_studio_with_lines_before_its_header(tmp_path: Path) -> None:
    text = "Subject:\tP1\r\nScreen:\t400 x 300\r\n\r\n" + tobii_studio(LOOKS).lstrip("\ufeff")
    reading = read(written(tmp_path, text))
    assert sum(map(len, reading.scanpaths)) == len(LOOKS)


def test_a_picture_shown_twice_gives_two_trials(tmp_path: Path) -> None:
    again = [Look("P1", "a.png", 40, 100, 1.5, 2.5)]
    reading = read(written(tmp_path, tobii_studio([*LOOKS[:4], *again])))
    assert [path.key for path in reading.scanpaths] == [
        ("P1", "a.png", "1"),
        ("P1", "b.png", "1"),
        ("P1", "a.png", "2"),
    ]
    assert reading.scanpaths[2].onset_ms.tolist() == [40.0]


def test_two_recordings_of_one_person_are_two_trials(tmp_path: Path) -> None:
    header, *rows = tobii_studio(LOOKS[:3]).splitlines()
    again = [row.replace("Rec P1", "Rec P1 again") for row in rows]
    reading = read(written(tmp_path, "\n".join([header, *rows, *again])))
    assert [path.trial for path in reading.scanpaths] == ["1", "2"]
    assert reading.scanpaths[0].x_px.tolist() == reading.scanpaths[1].x_px.tolist()


def test_a_row_without_a_name_is_rejected_and_not_given_one(tmp_path: Path) -> None:
    text = tobii_studio(LOOKS)
    reading = read(written(tmp_path, text.replace("\tP2\t", "\t\t").replace("b.png", "")))
    assert [path.key for path in reading.scanpaths] == [("P1", "a.png", "1")]
    assert reading.counts["rows rejected: no participant"] == 28
    assert reading.counts["rows rejected: no stimulus"] == 1 + 11
    assert_rows_add_up(reading)


def test_an_export_with_nothing_in_it_says_what_was_rejected(tmp_path: Path) -> None:
    text = tobii_studio(LOOKS).replace("Fixation\t", "Saccade\t")
    with pytest.raises(
        ReadError, match=r"nothing to read in the file.*76 rows, rejected: no stim.*saccade: 74"
    ):
        read(written(tmp_path, text))


def test_a_fixation_on_two_stimuli_began_before_the_second(tmp_path: Path) -> None:
    text = tobii_studio([Look("P1", "a.png", 40, 200, 1.5, 2.5)])
    lines = text.splitlines()
    later = [
        lines[-3].replace("a.png", "b.png").replace("\t52", "\t53"),
        lines[-2].replace("a.png", "b.png").replace("\t52", "\t53"),
    ]
    times = [line.split("\t")[4] for line in later]
    reading = read(written(tmp_path, "\r\n".join([*lines[:-1], *later])))
    first, second = reading.scanpaths
    assert first.onset_ms.tolist() == [40.0]
    assert second.onset_ms.tolist() == [5040.0 - float(times[0])]
    assert reading.counts["fixations on two stimuli"] == 1
    assert reading.counts["fixations begun before the stimulus"] == 1


def test_a_fixation_number_that_comes_back_stops(tmp_path: Path) -> None:
    lines = tobii_studio(LOOKS[:3]).splitlines()
    fixed = [line for line in lines if "Fixation\t" in line]
    again = rf"line {len(lines) + 1}: The fixation with number 1 comes back"
    with pytest.raises(ReadError, match=again):
        read(written(tmp_path, "\n".join([*lines, *fixed[:2]])))


@pytest.mark.parametrize(
    ("column", "name"),
    [("FixationIndex", "FixationIndex"), ("FixationPointX (MCSpx)", "FixationPointX")],
)
def test_an_export_without_fixations_names_the_column(
    tmp_path: Path, column: str, name: str
) -> None:
    text = tobii_studio(LOOKS).replace(column, "Other")
    with pytest.raises(ReadError, match=rf"line 1: The export has no column {name}") as caught:
        read(written(tmp_path, text))
    assert "or the gaze samples" in str(caught.value)


def test_a_bad_cell_a_short_row_and_mixed_decimal_signs_stop_with_the_line(tmp_path: Path) -> None:
    lines = tobii_studio(LOOKS).splitlines()
    for old, new, message in (
        ("20,5", "2o,5", r"line 7: '2o,5' in column 'FixationPointX \(MCSpx\)' is not a number"),
        ("20,5", "20.5", "'30,25' .* has another decimal sign than before"),
        ("\t20,5\t30,25\t", "\t20,5", "The row has 9 cells instead of 11"),
    ):
        with pytest.raises(ReadError, match=message):
            read(written(tmp_path, "\n".join([*lines[:6], lines[6].replace(old, new)])))


@pytest.mark.parametrize("name", ["Recording timestamp [μs]", "Recording timestamp [µs]"])
def test_both_micro_signs_are_microseconds(tmp_path: Path, name: str) -> None:
    reading = read(written(tmp_path, pro_lab(LOOKS, time=name)))
    assert reading.scanpaths[0].onset_ms.tolist() == [80.0, 320.0, 600.0]


def test_pro_lab_leaves_out_other_sensors_and_the_calibration(tmp_path: Path) -> None:
    text = pro_lab(LOOKS).replace("EyesNotFound\t20\t7", "Fixation\t20\t900", 1)
    reading = read(written(tmp_path, text))
    rows = text.count("\r\n") - 1
    assert reading.counts["rows rejected: not of the eye tracker"] == rows / 2
    assert reading.counts["rows rejected: a calibration"] == 2
    assert_rows_add_up(reading)


def test_the_header_of_pro_lab_drifts(tmp_path: Path) -> None:
    text = (
        pro_lab(LOOKS)
        .replace("Presented Stimulus name", "Recording media name")
        .replace("Gaze event duration [ms]", "EYE MOVEMENT EVENT DURATION (ms)")
        .replace("[MCS px]", "(MCSpx)")
    )
    assert sum(map(len, read(written(tmp_path, text)).scanpaths)) == len(LOOKS)


def test_pro_lab_without_the_place_of_the_picture_says_what_it_assumes(tmp_path: Path) -> None:
    text = pro_lab(LOOKS, "screen").replace("Recording resolution", "Other")
    reading = read(written(tmp_path, text))
    assert (reading.contract.positions, reading.contract.placed) == ("screen px", "top-left")
    assert not reading.placements
    assert reading.scanpaths[0].x_px[0] == LOOKS[0].x_px + LEFT_PX
    assert "upper left corner" in " ".join(reading.notes)


def test_a_picture_of_no_size_leaves_fixations_without_position(tmp_path: Path) -> None:
    text = pro_lab(LOOKS[:1], "media").replace(f"\t{2 * WIDTH_PX}\t", "\t0\t")
    (path,) = read(written(tmp_path, text)).scanpaths
    assert np.isnan(path.x_px).all()


def test_gazepoint_tells_presentations_apart(tmp_path: Path) -> None:
    looks = [*LOOKS[:4], Look("P1", "a.png", 2000, 100, 20.0, 30.0)]
    reading = read(written(tmp_path, gazepoint(looks)))
    assert [path.key[1:] for path in reading.scanpaths] == [
        ("a.png", "1"),
        ("b.png", "1"),
        ("a.png", "2"),
    ]


def test_gazepoint_fixations_are_told_from_all_gaze(tmp_path: Path) -> None:
    reading = read(written(tmp_path, gazepoint(LOOKS[:4])))
    assert not reading.recordings
    assert reading.scanpaths[0].duration_ms.tolist() == [200.0, 240.0, 100.0]
    assert reading.contract.zero == "first"
    assert "filled" in " ".join(reading.notes)


def test_a_preset_refuses_another_export(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="This is no OGAMA fixation table"):
        finish(read_export(OGAMA, written(tmp_path, pupil_core(LOOKS))))


def test_a_column_of_events_with_anything_in_it_is_counted(tmp_path: Path) -> None:
    lines = tobii_studio([Look("P1", "a.png", 1000, 100, 1.5, 2.5)]).splitlines()
    odd = [line.replace("\tSaccade\t", f"\tOdd {k}\t") for k, line in enumerate(lines)]
    reading = read(written(tmp_path, "\n".join(odd)))
    named = [name for name in reading.counts if name.startswith("rows rejected: odd")]
    assert len(named) == 20
    assert reading.counts["rows rejected: another event"] == 31
    assert_rows_add_up(reading)
