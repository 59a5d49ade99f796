"""EyeLink ASC files: what is read from them, what is left out, and that both are said."""

import gzip
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from counted import counted
from eyelink_files import CALIBRATION, HEADER, Block, Fix, asc_text, write_asc
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.geometry import Placement
from gazelab.errors import ReadError
from gazelab.io.eyelink_asc import parse_asc, sniff_asc
from gazelab.io.eyelink_session import Pixels, Session
from gazelab.io.eyelink_trials import read_asc
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading
from gazelab.task import finish

KINDS = {
    "samples": r"^\d+(\.\d+)?\t",
    "fixations": r"^EFIX [LR]\s",
    "saccades": r"^ESACC [LR]\s",
    "blinks": r"^EBLINK [LR]\s",
    "messages": r"^MSG\s",
    "blocks": r"^START\t",
}
SHOWN = ((20, "!V IMGLOAD CENTER images/a.png 640 512"),)
FIXES = (Fix(10, 110, 512.5, 400), Fix(150, 349, 700, 300.5))


def parsed(path: Path) -> Session:
    return finish(parse_asc(path))


def read(path: Path) -> Reading:
    return counted(finish(read_asc(path)))


def lines_counted(text: str) -> dict[str, int]:
    return {kind: len(re.findall(pattern, text, re.M)) for kind, pattern in KINDS.items()}


def accounted(reading: Reading) -> int:
    """Return the fixations taken, left for the other eye, and rejected, all together."""
    left = sum(
        number
        for name, number in reading.counts.items()
        if name.startswith("fixations rejected") or name == "fixations left out: of the other eye"
    )
    return sum(map(len, reading.scanpaths)) + left


# Real files.


def real_files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "formats" / "eyelink_asc").iterdir())


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("latin-1")


def test_every_line_of_the_real_files_is_counted(shared_data: Path) -> None:
    paths = real_files(shared_data)
    assert len(paths) == 11
    for path in paths:
        session = parsed(path)
        expected = lines_counted(text_of(path))
        assert {kind: session.counts[kind] for kind in KINDS} == expected, path.name
        assert not any(session.damaged.values())
        assert sniff(path).id == "eyelink-asc"


def test_every_fixation_of_the_real_files_is_in_a_trial(shared_data: Path) -> None:
    for path in real_files(shared_data):
        found = []
        for trial in parsed(path).trials:
            for eye, fixations in trial.fixations.items():
                found += [(eye, *fixation) for fixation in fixations]
        expected = []
        for line in text_of(path).splitlines():
            if line.startswith("EFIX"):
                eye, *values = line.split()[1:7]
                expected.append((eye, *map(float, values)))
        assert sorted(found) == sorted(expected), path.name


def test_a_real_recording_with_a_picture_added_to_each_trial(
    shared_data: Path, tmp_path: Path
) -> None:
    text = text_of(shared_data / "formats" / "eyelink_asc" / "bino1000.asc.gz")
    text = re.sub(r"(MSG\t\d+ -?\d+ )!V DRAW_LIST \S+", r"\1!V IMGLOAD FILL a.png", text)
    path = tmp_path / "p07.asc"
    path.write_text(text)
    reading = read(path)
    assert [scanpath.trial for scanpath in reading.scanpaths] == ["1", "2", "3", "4"]
    assert accounted(reading) == 24
    first = reading.scanpaths[0]
    assert first.participant == "p07"
    assert first.onset_ms.tolist() == [7427371 - 7427440, 7428158 - 7427440]
    assert first.x_px.tolist() == [496.7, 209.0]
    assert first.duration_ms.tolist() == [733, 69]
    assert set(reading.placements.values()) == {Placement(0, 0, size_px=(1024, 768))}


# Made-up files: trials, onsets, pictures.


def test_a_trial_becomes_a_scanpath(tmp_path: Path) -> None:
    path = write_asc(tmp_path / "sub01.asc", Block(5000, FIXES, during=SHOWN))
    reading = read(path)
    (scanpath,) = reading.scanpaths
    assert scanpath.key == ("sub01", "images/a.png", "1")
    assert scanpath.onset_ms.tolist() == [-10, 130]
    assert scanpath.duration_ms.tolist() == [101, 200]
    assert scanpath.x_px.tolist() == [512.5, 700]
    assert reading.placements == {scanpath.key: Placement(640, 512, centred=True)}
    assert reading.counts["samples in the file"] == 1000
    assert reading.counts["fixations begun before the stimulus"] == 1
    assert any("1,000 samples are in the file" in note for note in reading.notes)
    assert any("IMGLOAD (1 time)" in note for note in reading.notes)
    assert any("36.0 pixels of the screen in one degree" in note for note in reading.notes)


ONSETS = {
    "an offset counts back": ([(36, "-16 !V IMGLOAD FILL a.png")], [], 52, "IMGLOAD"),
    "IMGLOAD before SYNCTIME": (
        [(30, "SYNCTIME"), (40, "!V IMGLOAD FILL a.png")],
        [],
        40,
        "IMGLOAD",
    ),
    "SYNCTIME when IMGLOAD comes before the recording": (
        [(30, "-3 SYNCTIME")],
        [(-9, "!V IMGLOAD FILL a.png")],
        33,
        "SYNCTIME",
    ),
    "IMGLOAD before the recording": ([], [(-9, "!V IMGLOAD FILL a.png")], -9, "IMGLOAD"),
    "a message of another name is no SYNCTIME": (
        [(30, "SYNCTIME_READING"), (60, "SYNCTIME 0")],
        [(-9, "!V IMGLOAD FILL a.png")],
        60,
        "SYNCTIME",
    ),
}


@pytest.mark.parametrize("name", ONSETS)
def test_onset(name: str, tmp_path: Path) -> None:
    during, before, onset, told = ONSETS[name]
    block = Block(9000, FIXES, before=((-50, "TRIALID 0"), *before), during=during)
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert reading.scanpaths[0].onset_ms.tolist() == [10 - onset, 150 - onset]
    assert any(f"came on: {told}" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("before", "onset"), [(((-50, "TRIALID 0"),), -50), ((), 0), (((9000, "TRIALID 0"),), 0)]
)
def test_onset_without_a_picture_message(
    before: tuple[tuple[int, str], ...], onset: int, tmp_path: Path
) -> None:
    """A TRIALID from a clock that has restarted since is of no use."""
    variable = ((1, "!V TRIAL_VAR condition 2"), (2, "!V TRIAL_VAR pic 'my dog.JPG'"))
    reading = read(write_asc(tmp_path / "a.asc", Block(500, FIXES, before=before, after=variable)))
    assert reading.scanpaths[0].stimulus == "my dog.JPG"
    assert reading.scanpaths[0].onset_ms.tolist() == [10 - onset, 150 - onset]
    assert list(reading.placements.values()) == [Placement(640, 512, centred=True)]
    assert any("trial variable pic" in note for note in reading.notes)
    assert any("in the middle of the screen" in note for note in reading.notes)


def test_blocks_without_trialid_and_a_clock_that_begins_anew(tmp_path: Path) -> None:
    blocks = [
        Block(start, FIXES, before=(), during=((20, f"!V IMGLOAD FILL {name}.png"),), after=())
        for start, name in ((900_000, "a"), (1000, "b"), (1000, "a"))
    ]
    reading = read(write_asc(tmp_path / "a.asc", *blocks))
    assert [scanpath.key[1:] for scanpath in reading.scanpaths] == [
        ("a.png", "1"),
        ("b.png", "2"),
        ("a.png", "3"),
    ]
    assert all(scanpath.onset_ms.tolist() == [-10, 130] for scanpath in reading.scanpaths)


def test_a_picture_message_at_the_end_of_a_trial_is_pointed_out(tmp_path: Path) -> None:
    for time, late in ((20, False), (345, True)):
        block = Block(5000, FIXES, during=((time, "!V IMGLOAD FILL a.png"),))
        notes = read(write_asc(tmp_path / "a.asc", block)).notes
        assert any("sent after the picture had come on" in note for note in notes) is late


def test_several_trials_within_one_block(tmp_path: Path) -> None:
    during = (
        (5, "TRIALID 1"),
        (6, "!V IMGLOAD FILL a.png"),
        (120, "TRIALID 2"),
        (140, "!V IMGLOAD FILL b.png"),
    )
    reading = read(write_asc(tmp_path / "a.asc", Block(700, FIXES, before=(), during=during)))
    assert [(s.stimulus, s.trial, s.onset_ms.tolist()) for s in reading.scanpaths] == [
        ("a.png", "1", [4]),
        ("b.png", "2", [10]),
    ]


def test_pictures_that_follow_one_another_are_viewings_of_their_own(tmp_path: Path) -> None:
    names = ((20, "a"), (30, "a"), (150, "b"), (500, "c"))
    during = tuple((time, f"!V IMGLOAD FILL {name}.png") for time, name in names)
    reading = read(write_asc(tmp_path / "a.asc", Block(700, FIXES, during=during)))
    assert [(s.stimulus, s.trial, s.onset_ms.tolist()) for s in reading.scanpaths] == [
        ("a.png", "1.1", [-10]),
        ("b.png", "1.2", [0]),
    ]


REJECTED = {
    "several pictures at once": Block(
        700, FIXES, during=((20, "!V IMGLOAD FILL a.png"), (21, "!V IMGLOAD CENTER b.png 5 5"))
    ),
    "no fixation": Block(700, (), during=SHOWN, length=0),
    "positions are not pixels of the screen (HREF)": Block(
        700, FIXES, during=SHOWN, events="HREF", samples="HREF"
    ),
}


@pytest.mark.parametrize("reason", REJECTED)
def test_a_trial_that_cannot_be_used_is_counted(reason: str, tmp_path: Path) -> None:
    good = Block(5000, FIXES, during=SHOWN)
    bad = REJECTED[reason]
    reading = read(write_asc(tmp_path / "a.asc", good, bad, good))
    assert reading.counts[f"trials rejected: {reason}"] == 1
    assert reading.counts.get(f"fixations rejected: {reason}", 0) == len(bad.fixations)
    assert [scanpath.trial for scanpath in reading.scanpaths] == ["1", "3"]
    assert accounted(reading) == reading.counts["fixations in the file"]
    with pytest.raises(ReadError, match=re.escape(reason)):
        read(write_asc(tmp_path / "b.asc", bad))


def test_a_trial_without_recording_is_counted(tmp_path: Path) -> None:
    before = ((-900, "TRIALID 1"), (-50, "TRIALID 2"))
    reading = read(write_asc(tmp_path / "a.asc", Block(5000, FIXES, before, SHOWN)))
    assert reading.counts["trials rejected: no recording"] == 1
    assert reading.scanpaths[0].trial == "2"


# Eyes, units, damaged values.


def both(left: int, right: int) -> Block:
    """Return a binocular block with so many fixations of each eye; those of the left at 1."""
    sizes = {"L": left, "R": right}
    fixes = [
        Fix(20 * k, 20 * k + 15, " LR".index(eye), 5, eye)
        for eye, n in sizes.items()
        for k in range(n)
    ]
    return Block(5000, fixes, during=SHOWN, eyes="LR")


def test_the_eye_with_more_fixations_is_used_where_there_are_both(tmp_path: Path) -> None:
    reading = read(write_asc(tmp_path / "a.asc", both(2, 6), both(3, 0)))
    assert [s.x_px.tolist() for s in reading.scanpaths] == [[2] * 6, [1] * 3]
    assert accounted(reading) == 11


def test_the_left_eye_is_used_where_both_have_as_many_fixations(tmp_path: Path) -> None:
    reading = read(write_asc(tmp_path / "a.asc", both(3, 3)))
    assert reading.scanpaths[0].x_px.tolist() == [1] * 3
    assert any("the same number of fixations" in note for note in reading.notes)


def test_right_eye_and_its_note(tmp_path: Path) -> None:
    reading = read(write_asc(tmp_path / "a.asc", both(2, 5)))
    assert reading.scanpaths[0].x_px.tolist() == [2] * 5
    assert reading.counts["fixations left out: of the other eye"] == 2
    assert any("the right one: it has more fixations" in note for note in reading.notes)


@pytest.mark.parametrize(
    "text", ["EYE_USED 0 LEFT", "var eye_used left", "!V TRIAL_VAR EYE_USED L"]
)
def test_a_message_may_name_the_eye(text: str, tmp_path: Path) -> None:
    block = both(2, 5)
    named = Block(5000, block.fixations, during=(*SHOWN, (30, text)), eyes="LR")
    reading = read(write_asc(tmp_path / "a.asc", named))
    assert reading.scanpaths[0].x_px.tolist() == [1, 1]
    assert any("the left one: a message names it" in note for note in reading.notes)


def test_events_in_href_with_a_group_in_pixels(tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, events="HREF+", samples="HREF")
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert reading.scanpaths[0].x_px.tolist() == [512.5, 700]
    assert not any("in one degree" in note for note in reading.notes)


def test_values_that_are_no_positions_are_nan(tmp_path: Path) -> None:
    odd = (".", "-32768", "1e08", "2.3e+06", "nan", "1_0", "1e999", "?")
    fixes = [Fix(50 * k, 50 * k + 30, x, -3.5) for k, x in enumerate((-20, *odd))]
    reading = read(write_asc(tmp_path / "a.asc", Block(5000, fixes, during=SHOWN)))
    np.testing.assert_array_equal(reading.scanpaths[0].x_px, [-20] + [math.nan] * len(odd))
    assert (reading.scanpaths[0].y_px == -3.5).all()


@pytest.mark.parametrize(
    "line",
    [
        "EFIX L   5150\t52",
        "EFIX X   5150\t5250\t101\t1\t1\t100",
        "EFIX L   5150\t525O\t101\t1\t1\t100",
        "EFIX L   5150\t5950\t101\t1\t1\t100",
        "EFIX L   5150\t5140\t-10\t1\t1\t100",
    ],
)
def test_a_damaged_fixation_is_counted_and_not_taken(line: str, tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, extra=(line,))
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert reading.counts["fixations rejected: damaged line"] == 1
    assert accounted(reading) == reading.counts["fixations in the file"] == 3


def test_fixations_without_an_end_are_counted(tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=SHOWN, extra=("SFIX L   5900", "MSG damaged"), ended=False)
    counts = read(write_asc(tmp_path / "a.asc", block)).counts
    assert counts["fixations begun but not ended when the recording stopped"] == 1
    assert counts["messages rejected: damaged line"] == 1


@pytest.mark.parametrize("rate", [250, 500, 1000])
def test_durations_are_those_of_the_file(rate: int, tmp_path: Path) -> None:
    block = Block(5000, (Fix(8, 108, 1, 1),), during=SHOWN, rate=rate)
    assert read(write_asc(tmp_path / "a.asc", block)).scanpaths[0].duration_ms == 100 + 1000 / rate


# Places on the screen.


@pytest.mark.parametrize(
    ("text", "placement"),
    [
        ("FILL a b.png", Placement(0, 0, size_px=(1280, 1024))),
        ("CENTER a b.png 640 512", Placement(640, 512, True)),
        ("CENTER a b.png 640.5 512 100 50", Placement(640.5, 512, True, (100, 50))),
        ("CENTER a b.png 640 512 0 0", Placement(640, 512, True)),
        ("TOP_LEFT a b.png -10 20", Placement(-10, 20)),
        ("TOP_LEFT a b.png 10 20 300 200", Placement(10, 20, size_px=(300, 200))),
        ("CENTER a b.png", Placement(640, 512, True)),
        ("a b.png", Placement(640, 512, True)),
        ('FILL "a b.png"', Placement(0, 0, size_px=(1280, 1024))),
    ],
)
def test_where_a_picture_was(text: str, placement: Placement, tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=((20, f"!V IMGLOAD {text}"),))
    reading = read(write_asc(tmp_path / "a.asc", block))
    assert reading.scanpaths[0].stimulus == "a b.png"
    assert list(reading.placements.values()) == [placement]


@pytest.mark.parametrize(
    ("told", "screen"),
    [
        ("0 0 1919 1079", Pixels(0, 0, 1920, 1080)),
        ("= 0 0 1919 1079", Pixels(0, 0, 1920, 1080)),
        ("0.00 0.00 1920.00 1080.00", Pixels(0, 0, 1920, 1080)),
        ("-960 -540 959 539", Pixels(-960, -540, 1920, 1080)),
        ("0 0 0 0", None),
        ("unknown", None),
    ],
)
def test_size_of_the_screen(told: str, screen: Pixels | None, tmp_path: Path) -> None:
    path = write_asc(tmp_path / "a.asc", Block(5000, FIXES, during=SHOWN), screen=told)
    assert parsed(path).trials[0].screen == screen


def test_gaze_coords_tell_the_screen_where_display_coords_do_not(tmp_path: Path) -> None:
    before = ((-50, "TRIALID 1"), (-9, "GAZE_COORDS 0.00 0.00 1023.00 767.00"))
    path = write_asc(tmp_path / "a.asc", Block(5000, FIXES, before, SHOWN), screen="")
    assert parsed(path).trials[0].screen == Pixels(0, 0, 1024, 768)


def test_a_size_of_the_screen_told_late_holds_for_the_trials_before(tmp_path: Path) -> None:
    before = ((-50, "TRIALID 1"), (-9, "!V IMGLOAD FILL a.png"))
    told = (*before, (-5, "GAZE_COORDS 0.00 0.00 1023.00 767.00"))
    blocks = Block(5000, FIXES, before), Block(9000, FIXES, told)
    reading = read(write_asc(tmp_path / "a.asc", *blocks, screen=""))
    assert list(reading.placements.values()) == [Placement(0, 0, size_px=(1024, 768))] * 2


def test_without_the_size_of_the_screen_it_must_be_told(tmp_path: Path) -> None:
    block = Block(5000, FIXES, during=((20, "!V IMGLOAD FILL a.png"),))
    reading = read(write_asc(tmp_path / "a.asc", block, screen=""))
    assert not reading.placements
    assert reading.contract.placed == "filled"
    assert reading.contract.lacking == ("the size of the screen in pixels",)
    assert any("size of the screen is not given" in note for note in reading.notes)


# How files are written, and damaged ones.


def test_line_ends_compression_and_marks_change_nothing(tmp_path: Path) -> None:
    text = asc_text([both(2, 3)])
    plain = text.encode()
    files = {
        "a.asc": plain,
        "b.txt": plain.replace(b"\n", b"\r\n"),
        "c.asc.gz": gzip.compress(plain),
        "d.asc": b"\xef\xbb\xbf" + plain,
        "e.asc": plain.removesuffix(b"\n"),
        "f.asc": plain.replace(b"TRIALID 1", "TRIALID tecnolog\u00eda".encode("cp1252")),
    }
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert sniff_asc(path), name
        reading = read(path)
        assert reading.scanpaths[0].x_px.tolist() == [2] * 3
        assert parsed(path).counts == Counter(
            {kind: number for kind, number in lines_counted(text).items() if number}
        )
        assert reading.scanpaths[0].participant == name[0]


def test_calibration_is_not_taken_for_samples(tmp_path: Path) -> None:
    path = tmp_path / "a.asc"
    lines = [*HEADER, *(line.format(start=5) for line in CALIBRATION)]
    path.write_text("\n".join(lines))
    assert parsed(path).counts == {"messages": 3}
    with pytest.raises(ReadError, match="No trial can be used; the file has 0 samples"):
        read(path)


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b damaged", b"a,b\n1,2\n", b"MSG hello\n"])
def test_other_files_are_not_taken_for_recordings(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.asc"
    path.write_bytes(data)
    assert not sniff_asc(path)
    with pytest.raises(ReadError, match="not an EyeLink ASC file"):
        read(path)


def test_a_compressed_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.asc.gz"
    path.write_bytes(gzip.compress(asc_text([both(2, 3)] * 20).encode())[:-20])
    with pytest.raises(ReadError, match="damaged or cut short"):
        read(path)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.asc"
    path.write_bytes(asc_text([both(2, 3)]).encode() + b"x" * 100_000)
    with pytest.raises(ReadError, match="too long"):
        read(path)


@given(
    cut=st.integers(0, 3000),
    changes=st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 255)), max_size=12),
)
def test_damaged_files_are_refused_or_every_fixation_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory,
    cut: int,
    changes: list[tuple[int, int]],
) -> None:
    block = Block(5000, FIXES, during=SHOWN, length=20)
    data = bytearray(asc_text([block, both(2, 3), block]).encode())
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.mktemp("damaged") / "a.asc"
    path.write_bytes(data[: len(data) - cut])
    try:
        reading = read(path)
    except ReadError as error:
        assert str(error)
        return
    assert accounted(reading) == reading.counts["fixations in the file"]
    for scanpath in reading.scanpaths:
        assert (np.diff(scanpath.onset_ms) >= 0).all()
        assert np.isfinite(scanpath.onset_ms).all()
        assert (scanpath.duration_ms >= 0).all()
