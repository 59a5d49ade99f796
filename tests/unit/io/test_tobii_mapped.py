"""Gaze of glasses that Tobii Pro Lab has mapped to still pictures of the scene."""

from pathlib import Path

from counted import counted
from vendor_files import LOOKS, Look, samples
from vendor_samples import pro_lab_glasses

from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

FIRST = LOOKS[:3]
"""What one person looks at in one picture."""


def read(folder: Path, text: str) -> Reading:
    path = folder / "x.tsv"
    path.write_text(text, encoding="utf-8")
    return counted(finish(sniff(path).read(path, ReadSettings())))


def glasses(looks: tuple[Look, ...]) -> str:
    return str(pro_lab_glasses(looks)["x.tsv"])


def test_glasses_give_the_snapshots_of_everyone_and_count_each_row_once(tmp_path: Path) -> None:
    reading = read(tmp_path, glasses(LOOKS))
    looks: dict[tuple[str, str, str], list[Look]] = {}
    for look in LOOKS:
        looks.setdefault((look.participant, look.picture, "1"), []).append(look)
    assert {path.key for path in reading.scanpaths} == looks.keys()
    for path in reading.scanpaths:
        assert path.x_px.tolist() == [look.x_px for look in looks[path.key]]
        assert path.duration_ms.tolist() == [look.duration_ms for look in looks[path.key]]
    everything = list(samples(LOOKS))
    mapped = sum(bool(sample.picture) for sample in everything)
    assert reading.counts["rows read"] == 2 * len(everything)
    assert reading.counts["rows rejected: not of the eye tracker"] == len(everything)
    assert reading.counts["rows rejected: not mapped to a picture"] == len(everything) - mapped
    assert reading.counts["samples in the file"] == mapped
    assert "video of the scene is not read" in " ".join(reading.notes)


def test_a_row_that_is_mapped_to_two_snapshots_is_of_both(tmp_path: Path) -> None:
    text = glasses(FIRST)
    head, *lines = text.splitlines()
    names = head.split("\t")
    places = [place for place, name in enumerate(names) if "Mapped" in name and "[a.png]" in name]
    head += "".join(f"\t{names[place].replace('a.png', 'overview')}" for place in places)
    lines = [line + "".join(f"\t{line.split(chr(9))[p]}" for p in places) for line in lines]
    reading = read(tmp_path, "\n".join([head, *lines, ""]))
    one, other = reading.scanpaths
    assert (one.stimulus, other.stimulus) == ("a.png", "overview")
    assert one.x_px.tolist() == other.x_px.tolist()
    assert reading.counts["rows mapped to several snapshots"] == len(reading.recordings[0])


def test_glasses_without_mapped_gaze_give_the_video_of_the_scene(tmp_path: Path) -> None:
    text = glasses(FIRST)
    head, *lines = text.splitlines()
    empty = [place for place, name in enumerate(head.split("\t")) if "Mapped" in name]
    cells = [
        ["" if place in empty else cell for place, cell in enumerate(line.split("\t"))]
        for line in lines
    ]
    reading = read(tmp_path, "\n".join([head, *map("\t".join, cells), ""]))
    (recording,) = reading.recordings
    assert recording.stimulus == "scenevideo.mp4"
    assert set(recording.x_px.tolist()) == {999.5}


def test_snapshots_may_have_fixations_alone(tmp_path: Path) -> None:
    text = glasses(FIRST).replace("Mapped gaze data", "Other")
    reading = read(tmp_path, text)
    (path,) = reading.scanpaths
    assert path.x_px.tolist() == [look.x_px for look in FIRST]
    assert not reading.recordings
