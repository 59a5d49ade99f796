"""Ways to read tables, kept under a name."""

from dataclasses import replace
from pathlib import Path

import pytest

from gazelab.data.contract import Contract
from gazelab.data.geometry import Screen
from gazelab.errors import ReadError, SettingsError
from gazelab.io.mapping import Mapping
from gazelab.io.saved_presets import (
    delete_preset,
    fitting_presets,
    load_preset,
    preset_names,
    save_preset,
)
from gazelab.io.table import guess_mapping, read_table
from gazelab.task import finish

CONTRACT = Contract(
    "screen deg", "centre", screen=Screen(1920, 1080, 520.0, 290.0, 600.0), clock="us", zero="first"
)


@pytest.fixture(autouse=True)
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config" / "presets"
    monkeypatch.setattr("gazelab.io.saved_presets.user_presets", lambda: folder)
    return folder


def table(path: Path, names: str = "who,when,horizontal,vertical", mark: str = "") -> Path:
    rows = "\n".join(f"A,{k * 4000},{k},{2 * k}" for k in range(20))
    path.write_text(f"{mark}{names}\n{rows}\n", "utf-8")
    return path


def made(path: Path) -> Mapping:
    mapping = replace(guess_mapping(path), kind="samples", time_unit="us", valid=("1",))
    return mapping.with_columns(participant="who", onset="when", x="horizontal", y="vertical")


def test_a_preset_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv")
    kept = save_preset("My lab 2", made(path), replace(CONTRACT, reasons=("seen",)), path)
    assert kept.is_file() and preset_names() == ("My lab 2",)
    preset = load_preset("My lab 2")
    assert preset.contract == CONTRACT
    assert preset.mapping.participant == ""
    again = replace(preset.mapping_for(path), participant="a")
    assert repr(again) == repr(replace(made(path), reasons=(), columns=again.columns))
    assert dict(again.columns) == dict(made(path).columns)


def test_a_preset_reads_the_next_file_of_the_kind(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv")
    save_preset("lab", made(path), CONTRACT, path)
    other = table(tmp_path / "b.csv", mark="\ufeff")
    preset = load_preset("lab")
    assert preset.fits(other)
    mapping = preset.mapping_for(other)
    assert (mapping.stimulus, mapping.encoding) == ("b", "utf-8-sig")
    (recording,) = finish(read_table(other, mapping)).recordings
    assert recording.key == ("A", "b", "1")
    assert recording.rate_hz == 250


def test_presets_that_fit_a_file_are_found(tmp_path: Path, presets: Path) -> None:
    path = table(tmp_path / "a.csv")
    save_preset("whole", made(path), CONTRACT, path)
    save_preset("part", made(path).with_columns(participant=None), Contract())
    save_preset("other", made(path).with_columns(pupil="size"), Contract())
    (presets / "broken.json").write_text("{")
    assert fitting_presets(path) == ("whole", "part")
    assert preset_names() == ("broken", "other", "part", "whole")
    delete_preset("whole")
    delete_preset("whole")
    assert fitting_presets(path) == ("part",)


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "a\\b", ".hidden", "x" * 65, "a\n", "a.", "é/"]
)
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be the name"):
        save_preset(name, Mapping(), Contract())


def test_a_preset_that_is_not_there_is_said_so() -> None:
    save_preset("one", Mapping(), Contract())
    with pytest.raises(SettingsError, match=r"no preset named two\. The presets are: one"):
        load_preset("two")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1, "mapping": {"kind": "smells"}, "contract": {}}',
        '{"version": 1, "mapping": {"columns": {"x": 3}}, "contract": {}}',
        '{"version": 1, "mapping": {"colour": "red"}, "contract": {}}',
        '{"version": 1, "mapping": {}, "contract": {"base": 7}}',
        '{"version": 1, "mapping": {}, "contract": {"colour": 7}}',
        '{"version": 2, "mapping": {}, "contract": {}}',
        '{"version": 1, "mapping": {}, "contract": {}, "more": 1}',
    ],
)
def test_a_damaged_preset_is_one_sentence(presets: Path, text: str) -> None:
    save_preset("p", Mapping(), Contract())
    (presets / "p.json").write_text(text)
    with pytest.raises(ReadError, match="preset"):
        load_preset("p")
