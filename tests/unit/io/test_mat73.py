"""MATLAB 7.3 files hold what older ones do."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
from child_mutants import failures
from hypothesis import given, settings
from hypothesis import strategies as st
from mat73files import as_73
from matfiles import EXAMPLE, write_osie
from mutations import mutants

from gazelab.errors import ReadError
from gazelab.io.mat import load_plain, load_variable, variable_names
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

NAMES = st.text("abcXYZ", min_size=1, max_size=5)
NUMBERS = st.one_of(
    st.floats(allow_nan=True, width=64).map(np.float64),
    st.integers(0, 255).map(np.uint8),
    st.lists(st.integers(0, 60_000), max_size=4).map(lambda row: np.array([row], np.uint16)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)).map(
        lambda shape: np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    ),
)
TEXTS = st.text("aä日 /.", min_size=1, max_size=8).filter(lambda text: text.strip() == text)


def cells(values: list[Any]) -> np.ndarray:
    array = np.empty((len(values), 1), object)
    array[:, 0] = values
    return array


def structs(values: list[dict[str, Any]]) -> np.ndarray:
    """Return an array of structs that all have the fields of the first."""
    array = np.empty((1, len(values)), [(name, object) for name in values[0]])
    for place, value in enumerate(values):
        for name in values[0]:
            array[name][0, place] = value.get(name, np.zeros((0, 0)))
    return array


VALUES = st.recursive(
    NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3).map(cells)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
        | st.lists(
            st.dictionaries(NAMES, inner, min_size=1, max_size=2), min_size=1, max_size=3
        ).map(structs)
    ),
    max_leaves=8,
)


def both(folder: Path, variables: dict[str, Any]) -> tuple[Path, Path]:
    """Return the variables as an older file and as one of version 7.3."""
    scipy.io.savemat(folder / "old.mat", variables)
    return folder / "old.mat", as_73(folder / "old.mat", folder / "new.mat")


def assert_same(new: Any, old: Any) -> None:
    if isinstance(old, dict):
        assert new.keys() == old.keys()
        for name, value in old.items():
            assert_same(new[name], value)
    elif isinstance(old, np.ndarray) and old.size == 0:
        assert new.size == 0
    elif isinstance(old, np.ndarray) and old.dtype.names:
        assert new.shape == old.shape and set(new.dtype.names) == set(old.dtype.names)
        for name in old.dtype.names:
            assert_same(new[name], old[name])
    elif isinstance(old, np.ndarray) and old.dtype == object:
        assert new.shape == old.shape
        for one, other in zip(new.reshape(-1), old.reshape(-1), strict=True):
            assert_same(one, other)
    else:
        np.testing.assert_array_equal(new, old)


@given(value=VALUES)
@settings(max_examples=60)
def test_any_variable_is_what_an_older_file_holds(tmp_path_factory, value: Any) -> None:  # type: ignore[no-untyped-def]
    old, new = both(tmp_path_factory.mktemp("mat"), {"value": value, "other": 1.0})
    assert set(variable_names(new)) == set(variable_names(old)) == {"value", "other"}
    assert_same(load_variable(new, "value"), load_variable(old, "value"))
    assert_same(load_plain(new, "value"), load_plain(old, "value"))
    assert load_variable(new, "absent") is None


def test_many_variables_are_all_named(tmp_path: Path) -> None:
    names = {f"variable_{number}": 1.0 for number in range(300)}
    _, new = both(tmp_path, names)
    assert set(variable_names(new)) == set(names)


def read(path: Path) -> Reading:
    return finish(sniff(path).read(path, ReadSettings()))


def assert_read_alike(old: Path, new: Path) -> None:
    ours, expected = read(new), read(old)
    assert sniff(new).id == sniff(old).id
    assert ours.counts == expected.counts
    for kind in ("scanpaths", "recordings"):
        for one, other in zip(getattr(ours, kind), getattr(expected, kind), strict=True):
            np.testing.assert_array_equal(one.x_px, other.x_px)
            np.testing.assert_array_equal(one.y_px, other.y_px)


def test_a_data_set_saved_again_is_read_alike(tmp_path: Path) -> None:
    old = write_osie(tmp_path / "old.mat", EXAMPLE)
    assert_read_alike(old, as_73(old, tmp_path / "new.mat"))


def test_a_real_recording_saved_again_is_read_alike(shared_data: Path, tmp_path: Path) -> None:
    old = sorted((shared_data / "lund2013").rglob("*.mat"))[0]
    assert_read_alike(old, as_73(old, tmp_path / old.name))


def test_hdf5_of_a_newer_kind_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "new.mat"
    with h5py.File(path, "w", userblock_size=512, libver="latest") as file:
        file["fixations"] = 1.0
    with open(path, "r+b") as bare:
        bare.write(b"MATLAB 7.3 MAT-file".ljust(128))
    with pytest.raises(ReadError, match="-v7"):
        variable_names(path)


def test_what_lies_in_another_file_is_not_read(tmp_path: Path) -> None:
    _, new = both(tmp_path, {"other": 1.0})
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["fixations"] = [[1.0]]
        file["fixations"].attrs["MATLAB_class"] = np.bytes_("double")
    with h5py.File(new, "r+") as file:
        file["fixations"] = h5py.ExternalLink(secret, "/fixations")
    assert load_variable(new, "fixations") is None


def test_an_object_of_matlab_is_one_sentence(tmp_path: Path) -> None:
    _, new = both(tmp_path, {"other": 1.0})
    with h5py.File(new, "r+") as file:
        file["fixations"] = np.array([(1.0, 2.0)], "f8,f8")
        file["fixations"].attrs["MATLAB_class"] = np.bytes_("containers.Map")
    with pytest.raises(ReadError, match=r"class containers\.Map can only be opened in MATLAB"):
        load_variable(new, "fixations")


def test_the_names_in_damaged_bytes_can_be_asked_for(tmp_path: Path) -> None:
    path = as_73(write_osie(tmp_path / "old.mat", EXAMPLE), tmp_path / "new.mat")
    data = path.read_bytes()
    for words, mutant in mutants(data[:4096], 1, 400):
        path.write_bytes(b"MATLAB 7.3" + mutant[10:] + data[4096:])
        try:
            assert len(variable_names(path)) < 100, words
        except ReadError as error:
            assert "-v7" in str(error)


def _damaged(folder: Path, count: int, seed: int) -> list[str]:
    old = write_osie(folder / "old.mat", EXAMPLE)
    data = as_73(old, folder / "new.mat").read_bytes()
    return failures("osie", folder, "f.mat", data, count, seed)


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    assert _damaged(tmp_path, 40, 2) == []


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    assert _damaged(tmp_path, 2000, 3) == []
