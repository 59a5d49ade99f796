"""Recordings, events, rules and contracts come back from a project folder as they were."""

import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from projects import example, finite, same, scanpaths, words

from gazelab.data.contract import CHOICES, Contract
from gazelab.data.exclusion import WHAT, ExclusionRule
from gazelab.data.gaze import Origin
from gazelab.data.geometry import Screen
from gazelab.data.recording import EVENT_KINDS, EYES, Events, Recording
from gazelab.errors import ProjectError
from gazelab.project import store
from gazelab.project.arrays import ARRAYS
from gazelab.project.project import ImportRecord, Project

unknown = st.just(math.nan)
positive = st.floats(0.1, 1e4) | unknown
origins = st.builds(
    Origin, words, words, settings=st.lists(st.tuples(words, finite), max_size=2).map(tuple)
)
rules = st.builds(
    ExclusionRule,
    words,
    words,
    words,
    st.sampled_from(WHAT),
    st.floats(0, 1e4),
    words,
    words,
)
screens = st.builds(Screen, *[positive] * 5)
contracts = st.builds(
    Contract,
    *[st.sampled_from(CHOICES[name]) for name in ("positions", "origin", "base")],
    screens,
    *[st.sampled_from(CHOICES[name]) for name in ("placed", "clock", "zero")],
    st.lists(words, max_size=2).map(tuple),
)


@st.composite
def recordings(draw: Any) -> Recording:
    column = hnp.arrays(np.float64, draw(st.integers(0, 5)), elements=st.floats(width=64))
    return Recording(
        draw(words),
        draw(words),
        np.sort(draw(column)),
        draw(column),
        draw(column),
        draw(words),
        draw(st.none() | column),
        pupil_unit=draw(words),
        rate_hz=draw(positive),
        eye=draw(st.sampled_from((*EYES, ""))),
        px_per_deg=draw(positive),
        clock_ms=draw(finite),
        accuracy_deg=draw(positive),
        precision_deg=draw(positive),
        origin=draw(origins),
    )


@st.composite
def events(draw: Any) -> Events:
    column = hnp.arrays(np.float64, draw(st.integers(0, 4)), elements=st.floats(width=64))
    amplitude_deg = draw(st.none() | column)
    return Events(
        draw(words),
        draw(words),
        draw(st.sampled_from(EVENT_KINDS)),
        draw(column),
        draw(column),
        draw(words),
        amplitude_deg,
        None if amplitude_deg is None else draw(column),
        draw(origins),
    )


@st.composite
def recorded(draw: Any) -> Project:
    """Draw a project of nothing but what trackers and researchers bring."""
    return Project(
        recordings=MappingProxyType(
            {item.key: item for item in draw(st.lists(recordings(), max_size=4))}
        ),
        set_aside=tuple({p.key: p for p in draw(st.lists(scanpaths(), max_size=2))}.values()),
        events=tuple({e.key: e for e in draw(st.lists(events(), max_size=4))}.values()),
        rules=tuple(draw(st.lists(rules, max_size=3))),
        records=tuple(
            ImportRecord("a.asc", "eyelink-asc", "", {}, contract=contract)
            for contract in draw(st.lists(contracts | st.none(), max_size=2))
        ),
    )


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def by_key(project: Project) -> Project:
    """Return the project with its events in an order that does not depend on who found them."""
    return replace(project, events=tuple(sorted(project.events, key=lambda item: item.key)))


@given(recorded())
@settings(max_examples=60)
def test_what_was_saved_is_what_is_loaded(project: Project) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "p.gazelab"
        store.save(project, folder)
        saved = contents(folder)
        again = store.load(folder)
        assert same(by_key(again), by_key(project))
        store.save(again, folder)
        assert contents(folder) == saved
        del again  # Windows cannot remove a mapped file


def study() -> Project:
    """Return a project with a recording with lost samples, without a pupil, and events."""
    times = np.arange(50.0) * 2
    places = np.where(times == 20, np.nan, times)
    recording = Recording("P1", "a.png", times, places, places, rate_hz=500.0)
    with_pupil = replace(recording, participant="Jürgen 眼", pupil=times + 3, pupil_unit="area")
    empty = replace(
        recording, trial="2", t_ms=np.empty(0), x_px=np.empty(0), y_px=np.empty(0), pupil=None
    )
    saccades = Events(
        "P1",
        "a.png",
        "saccade",
        times[:2],
        times[1:3],
        amplitude_deg=np.array([1.0, np.nan]),
        peak_velocity_deg_s=np.array([90.0, np.nan]),
    )
    blinks = Events("P1", "a.png", "blink", times[:1], times[1:2])
    return replace(
        example(),
        recordings={item.key: item for item in (recording, with_pupil, empty)},
        events=(saccades, blinks),
        rules=(ExclusionRule("P1", what="shorter", limit_ms=50.0, reason="Größe"),),
    )


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each array file was written, and where on the disk it lies."""
    files = (folder / ARRAYS).iterdir()
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def test_saving_twice_writes_no_array_again(tmp_path: Path) -> None:
    folder = tmp_path / "p.gazelab"
    store.save(study(), folder)
    before = stamps(folder)
    for path in (folder / ARRAYS).iterdir():
        os.utime(path, ns=(1, 1))
    loaded = store.load(folder)
    store.save(loaded.with_rules(()), folder)
    after = stamps(folder)
    recorded_files = {name for name in before if name.startswith(("samples-", "events-"))}
    assert len(recorded_files) == 2
    assert {after[name] for name in recorded_files} <= {(1, before[n][1]) for n in recorded_files}


def test_samples_stay_on_the_disk_until_they_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "p.gazelab"
    store.save(study(), folder)
    recording = store.load(folder).recordings["P1", "a.png", "1"]
    bases, array = [], recording.x_px
    while array is not None:
        bases.append(type(array))
        array = getattr(array, "base", None)
    assert np.memmap in bases
    assert not recording.x_px.flags.writeable
    assert np.flatnonzero(np.isnan(recording.x_px)).tolist() == [10]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


def gone(path: Path) -> None:
    path.unlink()


def of_another_kind(path: Path) -> None:
    np.save(path, np.load(path).astype(np.float32))


def of_another_length(path: Path) -> None:
    np.save(path, np.load(path)[:-1])


def no_array(path: Path) -> None:
    path.write_bytes(b"\x93NUMPY no array at all")


def of_objects(path: Path) -> None:
    np.save(path, np.array([{"a": 1}]), allow_pickle=True)


@pytest.mark.parametrize("stem", ["samples", "events"])
@pytest.mark.parametrize(
    "damage", [cut, gone, of_another_kind, of_another_length, no_array, of_objects]
)
def test_damaged_arrays_are_one_sentence(
    tmp_path: Path, stem: str, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / "p.gazelab"
    store.save(study(), folder)
    (path,) = (folder / ARRAYS).glob(f"{stem}-*")
    damage(path)
    with pytest.raises(ProjectError, match=path.name):
        store.load(folder)


def test_an_array_outside_the_folder_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "p.gazelab"
    store.save(study(), folder)
    (path,) = (folder / ARRAYS).glob("samples-*")
    path.rename(tmp_path / path.name)
    text = (folder / store.FILE).read_text("utf-8")
    (folder / store.FILE).write_text(text.replace(path.name, f"../../{path.name}"), "utf-8")
    with pytest.raises(ProjectError, match="not a file name"):
        store.load(folder)


def test_detectors_and_their_settings_travel_with_what_they_found(tmp_path: Path) -> None:
    origin = Origin("i-vt", settings=(("velocity_deg_s", 30.0), ("minimum_ms", 60.0)))
    project = study()
    project = replace(
        project, set_aside=tuple(replace(p, origin=origin) for p in project.scanpaths)
    )
    store.save(project, tmp_path / "p.gazelab")
    again = store.load(tmp_path / "p.gazelab")
    assert {path.origin for path in again.set_aside} == {origin}


@pytest.mark.parametrize(
    ("word", "other"),
    [("shorter", "uglier"), ("screen px", "screen inches"), ("centred", "thrown")],
)
def test_a_word_that_is_not_known_is_one_sentence(tmp_path: Path, word: str, other: str) -> None:
    contract = Contract("screen px", placed="centred")
    record = ImportRecord("a.asc", "eyelink-asc", "", {}, contract=contract)
    folder = tmp_path / "p.gazelab"
    store.save(replace(study(), records=(record,)), folder)
    text = (folder / store.FILE).read_text("utf-8")
    (folder / store.FILE).write_text(text.replace(f'"{word}"', f'"{other}"'), "utf-8")
    with pytest.raises(ProjectError, match=f"{store.FILE}: .*{other}"):
        store.load(folder)
