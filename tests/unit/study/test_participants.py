"""Who was recorded, where files do not say it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.gaze import Scanpath
from gazelab.data.geometry import Placement
from gazelab.data.recording import Events, Recording
from gazelab.errors import SettingsError
from gazelab.io.reading import Reading
from gazelab.study.participants import after_folder, called, participants_of

NUMBERS = np.arange(3.0)


def reading(*names: str) -> Reading:
    return Reading(
        recordings=tuple(Recording(name, "a.png", NUMBERS, NUMBERS, NUMBERS) for name in names),
        scanpaths=tuple(
            Scanpath(name, "a.png", *[NUMBERS] * 4, np.zeros(3, np.int8)) for name in names
        ),
        events=tuple(Events(name, "a.png", "blink", NUMBERS, NUMBERS) for name in names),
        placements={(name, "a.png", "1"): Placement(0, 0, 1, 1) for name in names},
    )


def test_a_participant_is_named_otherwise_everywhere() -> None:
    found = called(reading("data"), "P07")
    assert participants_of(found) == ("P07",)
    assert set(found.placements) == {("P07", "a.png", "1")}
    assert found.events[0].trial_key == ("P07", "a.png", "1")


def test_no_name_changes_nothing_and_several_participants_have_no_one_name() -> None:
    one, two = reading("data"), reading("P1", "P2")
    assert called(one, "") is one
    assert called(one, "data") is one
    with pytest.raises(SettingsError, match="all 2 participants"):
        called(two, "P07")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["s1/data.asc", "s2/data.asc"], ["s1", "s2"]),
        (["s1/eye/data.asc", "s2/eye/data.asc"], ["s1", "s2"]),
        (["s1/a/data.asc", "s1/b/data.asc", "s2/a/data.asc"], ["s1-a", "s1-b", "s2-a"]),
        (["s1/data.asc", "s2/other.asc"], ["", ""]),
        (["s1/data.asc", "s1/data.asc"], ["", ""]),
    ],
)
def test_files_of_one_name_are_told_apart_by_their_folders(
    paths: list[str], expected: list[str]
) -> None:
    among = [Path(path) for path in paths]
    found = [after_folder(path, reading(path.name.split(".")[0]), among) for path in among]
    assert found == expected


def test_a_name_that_the_file_says_itself_stays() -> None:
    among = (Path("s1/data.asc"), Path("s2/data.asc"))
    assert after_folder(among[0], reading("Ann"), among) == ""
    assert after_folder(among[0], reading("data", "Ann"), among) == ""


@given(
    st.lists(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=4), min_size=2, max_size=6,
        unique_by=tuple,
    )
)  # fmt: skip
def test_names_after_folders_differ(folders: list[list[str]]) -> None:
    among = [Path("/", *folder, "data.asc") for folder in folders]
    names = [after_folder(path, reading("data"), among) for path in among]
    assert len(set(names)) == len(names)
    assert all(names)
