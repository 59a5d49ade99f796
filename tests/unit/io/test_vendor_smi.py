"""SMI event exports: lines of several kinds, messages that name pictures, two eyes."""

from pathlib import Path

import pytest
from counted import counted
from vendor_files import LOOKS, SCREEN_PX, smi_events

from gazelab.errors import ReadError
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.smi import read_smi_events, sniff_smi_events
from gazelab.task import finish

TEXT = smi_events(LOOKS[:4])


def read(folder: Path, text: str, settings: ReadSettings = ReadSettings()) -> Reading:
    path = folder / "P7.txt"
    path.write_text(text)
    return counted(finish(read_smi_events(path, settings)), "fixations", "saccades", "blinks")


def test_all_lines_are_counted_by_kind(tmp_path: Path) -> None:
    reading = read(tmp_path, TEXT)
    assert dict(reading.counts) == {
        "rows read": 12,
        "rows rejected: message": 2,
        "rows rejected: of the other eye (R)": 2,
        "fixations in the file": 6,
        "saccades in the file": 4,
    }
    assert [(events.kind, len(events)) for events in reading.events] == [
        ("saccade", 3),
        ("saccade", 1),
    ]
    assert "eye L" in " ".join(reading.notes)


def test_the_screen_is_that_of_the_calibration(tmp_path: Path) -> None:
    contract = read(tmp_path, TEXT).contract
    assert (contract.positions, contract.placed) == ("screen px", "centred")
    assert (contract.screen.width_px, contract.screen.height_px) == SCREEN_PX
    unknown = read(tmp_path, TEXT.replace("## Calibration Area", "## Other"))
    assert unknown.contract.placed == "top-left"
    assert "upper left corner" in " ".join(unknown.notes)


def test_one_eye_can_be_asked_for(tmp_path: Path) -> None:
    reading = read(tmp_path, TEXT, ReadSettings(eye="right"))
    assert [len(path) for path in reading.scanpaths] == [1, 1]
    assert reading.counts["rows rejected: of the other eye (L)"] == 4 + 4


def test_without_names_of_pictures_trials_are_called_by_their_number(tmp_path: Path) -> None:
    reading = read(tmp_path, TEXT.replace("# Message: ", "# "))
    assert [path.stimulus for path in reading.scanpaths] == ["trial 1", "trial 2"]
    assert [len(path) for path in reading.scanpaths] == [3, 1]
    assert reading.contract.zero == "first"


def test_blinks_and_the_size_of_saccades_are_read(tmp_path: Path) -> None:
    start = 70_595_000_000
    more = [
        "Table Header for Saccades:",
        "Event Type\tTrial\tNumber\tStart\tEnd\tDuration\tAmplitude\tPeak Speed",
        "Table Header for Blinks:",
        "Event Type\tTrial\tNumber\tStart\tEnd\tDuration",
    ]
    text = TEXT.replace("Table Header for Saccades:", "\n".join([*more, "Table Header for X:"]))
    lines = [
        f"Saccade L\t1\t9\t{start + 10_000}\t{start + 30_000}\t20000\t2.5\t120.5",
        f"Blink L\t1\t1\t{start + 50_000}\t{start + 150_000}\t100000",
        "",
    ]
    text = "\n".join(line for line in text.splitlines() if not line.startswith("Saccade"))
    saccade, blink = read(tmp_path, "\n".join([text, *lines])).events
    assert (saccade.amplitude_deg, saccade.peak_velocity_deg_s) == ([2.5], [120.5])
    assert (saccade.onset_ms, saccade.duration_ms) == ([10.0], [20.0])
    assert (blink.kind, blink.onset_ms, blink.duration_ms) == ("blink", [50.0], [100.0])


def test_without_a_subject_the_file_names_the_participant(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT.replace("## Subject:\tP1", "")).scanpaths[0].participant == "P7"


def test_a_fixation_before_the_first_picture_is_rejected_or_began_early(tmp_path: Path) -> None:
    start = 70_595_000_000
    early = f"Fixation L\t1\t0\t{start - 9000}\t{start - 1000}\t8000\t200\t150\t-1"
    over = f"Fixation L\t1\t0\t{start - 9000}\t{start + 60_000}\t69000\t200\t150\t-1"
    message = "UserEvent\t1\t1"
    reading = read(tmp_path, TEXT.replace(message, f"{early}\n{message}", 1))
    assert reading.counts["rows rejected: before the first picture"] == 1
    reading = read(tmp_path, TEXT.replace(message, f"{over}\n{message}", 1))
    assert reading.scanpaths[0].onset_ms[:2].tolist() == [-9.0, 80.0]
    assert reading.counts["fixations begun before the stimulus"] == 1


def test_what_is_no_event_is_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, TEXT + "Smooth Pursuit L\t1\t1\t2\n")
    assert reading.counts["rows rejected: of an unknown kind"] == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Location X", "Place", "line 6: The fixations have no column Location X"),
        ("\t120.5\t130.25\t-1", "", "line 11: The fixation has 6 cells instead of 9"),
        ("\t120.5\t", "\t12o.5\t", r"line 11: '12o\.5' in column 'Location X' is not a number"),
        ("\t70595000000\t#", "\t\t#", "line 10: The message has no time"),
    ],
)
def test_damage_is_one_sentence_with_the_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TEXT
    with pytest.raises(ReadError, match=message):
        read(tmp_path, TEXT.replace(old, new))


def test_samples_are_no_events(shared_data: Path) -> None:
    assert not sniff_smi_events(shared_data / "formats" / "smi" / "didec_example.txt")
