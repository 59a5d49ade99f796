"""Exports of eye trackers' programs: one recording, however a program writes it down."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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

from gazelab.data.gaze import Exclusion
from gazelab.errors import ReadError
from gazelab.io.exports import read_export
from gazelab.io.presets import OGAMA, PRESETS
from gazelab.io.readers import READERS, sniff
from gazelab.io.reading import Reading
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, import_files
from gazelab.task import finish


def read(path: Path) -> Reading:
    return finish(sniff(path).read(path, None))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.dat"  # the name says nothing
    path.write_bytes(text.encode(encoding))
    return path


def imported(case: Case, folder: Path) -> Addition:
    """Import a file together with the pictures that it names."""
    names = {look.picture for look in case.looks}
    images = pictures(folder / "pictures", *sorted(names))
    plan = ImportPlan((case.file(folder),), folder / "p.gazelab", images=images)
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
    of_fixations = counts.get("rows of fixations", sum(map(len, reading.scanpaths)))
    assert counts["rows"] == rejected + of_fixations


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
    assert {preset.id for preset in PRESETS} <= set(ids)
    assert {case.reader for case in CASES.values()} >= {preset.id for preset in PRESETS}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
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
    assert reading.counts["rows rejected: no stimulus"] == 8
    assert_rows_add_up(reading)


def test_an_export_with_nothing_in_it_says_what_was_rejected(tmp_path: Path) -> None:
    text = tobii_studio(LOOKS).replace("Fixation\t", "Saccade\t")
    with pytest.raises(ReadError, match=r"no fixation in the file.*76 rows, rejected: saccade: 76"):
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
    assert "samples alone are not read" in str(caught.value)


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
    assert reading.counts["rows rejected: a calibration"] == 1
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
    assert reading.placements == ()
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


def test_gazepoint_keeps_what_it_knows_and_counts_the_rest(tmp_path: Path) -> None:
    reading = read(written(tmp_path, gazepoint(LOOKS[:4], grows=True)))
    assert reading.counts["rows rejected: no valid fixation (FPOGV is not 1)"] == 4
    assert reading.counts["rows of fixations"] == 8
    assert reading.scanpaths[0].duration_ms.tolist() == [200.0, 240.0, 100.0]
    assert "filled" in " ".join(reading.notes)


def test_a_preset_refuses_another_export(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="This is no OGAMA fixation table"):
        finish(read_export(OGAMA, written(tmp_path, pupil_core(LOOKS))))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_are_read_or_refused(tmp_path: Path, case: Case, data: st.DataObject) -> None:
    path = case.file(tmp_path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from(b'\x00\xff\t,;"\n.-e9 ') | st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        reading = read(path)
    except ReadError:
        return
    assert_rows_add_up(reading)


def independent_fixations(path: Path) -> tuple[int, int, int]:
    """Return rows, rows of fixations and fixations of a Tobii Studio export."""
    header, *rows = path.read_text("utf-8-sig").splitlines()
    names = header.split("\t")
    cells = [row.split("\t") for row in rows]
    wanted = [names.index(n) for n in ("RecordingName", "MediaName", "FixationIndex")]
    event = names.index("GazeEventType")
    fixed = [tuple(row[k] for k in wanted) for row in cells if row[event] == "Fixation"]
    return len(rows), len(fixed), len(set(fixed))


def test_the_real_tobii_studio_file(shared_data: Path) -> None:
    path = shared_data / "formats" / "tobii_studio" / "dataSampleScanpaths.tsv"
    reading = read(path)
    found = (reading.counts["rows"], reading.counts["rows of fixations"])
    assert (*found, sum(map(len, reading.scanpaths))) == independent_fixations(path)
    assert found == (8226, 4928)
    assert len(reading.scanpaths) == 7
    x_px = np.concatenate([scanpath.x_px for scanpath in reading.scanpaths])
    assert np.isnan(x_px).sum() == 75  # 76 begin without a position, one of them gets it later


def test_the_real_pupil_files(shared_data: Path) -> None:
    for name, stimulus in (("pupil_core", "world"), ("pupil_invisible", "scene")):
        path = shared_data / "formats" / name / "fixations.csv"
        (scanpath,) = read(path).scanpaths
        assert len(scanpath) == path.read_bytes().count(b"\n") - 1
        assert scanpath.stimulus == stimulus
    assert scanpath.onset_ms[:2] == pytest.approx([0.0, 168.322])
