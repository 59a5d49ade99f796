"""A dropped folder is taken apart into the sources in it."""

from pathlib import Path

import numpy as np
import pytest
from eyelink_files import Block, write_asc

from gazelab.data.image import opencv
from gazelab.study.sources import Found, expand
from gazelab.task import finish

TABLE = "participant,stimulus,x,y,onset,duration\n" + "".join(
    f"P1,a.png,{10 + k},{20 + k},{300 * k},200\n" for k in range(4)
)


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(1).integers(0, 255, (12, 16, 3), np.uint8)
    assert opencv().imwrite(str(path), pixels)
    return path


def found_in(*paths: Path) -> dict[str, Found]:
    return {item.path.name: item for item in finish(expand(paths))}


def test_a_file_is_judged_by_its_content(tmp_path: Path) -> None:
    path = write_asc(tmp_path / "no-ending", Block(5000))
    assert found_in(path)["no-ending"].formats[0] == "eyelink-asc"


def test_what_no_reader_knows_has_the_reason_and_comes_last(tmp_path: Path) -> None:
    noise = tmp_path / "a-noise.bin"
    noise.write_bytes(bytes(range(256)) * 4)
    write_asc(tmp_path / "b.asc", Block(5000))
    found = finish(expand([tmp_path]))
    assert [item.path.name for item in found] == ["b.asc", "a-noise.bin"]
    assert found[1].formats == ()
    assert found[1].problem == "The format is not known."


def test_a_folder_of_pictures_is_one_source(tmp_path: Path) -> None:
    for name in ("a.png", "more/b.png"):
        picture(tmp_path / "stimuli" / name)
    found = found_in(tmp_path / "stimuli")
    assert {name: item.formats[0] for name, item in found.items()} == {"stimuli": "images"}


def test_a_folder_with_recordings_and_pictures_is_searched(tmp_path: Path) -> None:
    picture(tmp_path / "study" / "stimuli" / "a.png")
    (tmp_path / "study" / "fixations.csv").write_text(TABLE)
    (tmp_path / "study" / "eyes").mkdir()
    write_asc(tmp_path / "study" / "eyes" / "s1.asc", Block(5000))
    formats = {name: item.formats[0] for name, item in found_in(tmp_path / "study").items()}
    assert formats == {"stimuli": "images", "fixations.csv": "table", "s1.asc": "eyelink-asc"}


def test_pictures_beside_recordings_in_the_same_folder_are_kept(tmp_path: Path) -> None:
    picture(tmp_path / "study" / "a.png")
    picture(tmp_path / "study" / "inner" / "b.png")
    (tmp_path / "study" / "fixations.csv").write_text(TABLE)
    formats = {name: item.formats[0] for name, item in found_in(tmp_path / "study").items()}
    assert formats == {"study": "images", "fixations.csv": "table"}


def test_what_lies_among_pictures_and_cannot_be_read_is_said(tmp_path: Path) -> None:
    picture(tmp_path / "stimuli" / "a.png")
    (tmp_path / "stimuli" / "recording.xyz").write_bytes(b"\x00\x01" * 40)
    found = found_in(tmp_path / "stimuli")
    assert found["stimuli"].formats[0] == "images"
    assert found["recording.xyz"].problem


def test_a_table_without_positions_counts_only_when_it_is_named(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("participant,age,sex\nP1,20,f\nP2,30,m\nP3,40,f\n")
    assert found_in(people)["people.csv"].formats == ("table",)
    assert "positions" in found_in(tmp_path)["people.csv"].problem


def test_hidden_files_and_projects_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".hidden.csv").write_text(TABLE)
    (tmp_path / "study.gazelab").mkdir()
    (tmp_path / "study.gazelab" / "fixations.csv").write_text(TABLE)
    (tmp_path / "seen.csv").write_text(TABLE)
    assert found_in(tmp_path).keys() == {"seen.csv"}


def test_an_empty_folder_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "nothing" in found_in(tmp_path / "empty")["empty"].problem


def test_a_reader_that_fails_takes_no_other_file_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gazelab.study.sources as sources

    def fail(path: Path) -> None:
        if path.name == "bad.csv":
            raise RuntimeError("broken")
        return real(path)

    real = sources.sniff
    monkeypatch.setattr(sources, "sniff", fail)
    for name in ("bad.csv", "good.csv"):
        (tmp_path / name).write_text(TABLE)
    found = found_in(tmp_path)
    assert "broken" in found["bad.csv"].problem
    assert found["good.csv"].formats[0] == "table"


def test_the_real_formats_are_found(shared_data: Path) -> None:
    found = found_in(
        shared_data / "formats" / "eyelink_asc", shared_data / "osie" / "fixations.mat"
    )
    assert {item.formats[0] for item in found.values()} == {"eyelink-asc", "osie"}
