"""MATLAB 7.3 files as MATLAB lays them out, made of older ones for the tests."""

import itertools
from pathlib import Path

import h5py
import numpy as np
import scipy.io

_HEAD = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Tue Mar  3 2026 HDF5 schema 1.00 ."
_CLASSES = {"f8": "double", "f4": "single", "u1": "uint8", "u2": "uint16", "i2": "int16"}

_NUMBERS = itertools.count()


def as_73(source: Path, target: Path) -> Path:
    """Write the variables of an older MATLAB file as version 7.3."""
    with h5py.File(target, "w", userblock_size=512) as file:
        for name, value in scipy.io.loadmat(source).items():
            if not name.startswith("__"):
                _put(file, file, name, value)
    with open(target, "r+b") as bare:
        bare.write(_HEAD.ljust(124) + b"\x00\x02IM")
    return target


def _put(file: h5py.File, group: h5py.Group, name: str, value: np.ndarray) -> None:
    names = value.dtype.names
    if names and value.size:
        item = group.create_group(name)
        for field in names:
            if value.size == 1:
                _put(file, item, field, value.reshape(-1)[0][field])
            else:
                item[field] = _references(file, value[field])
        item.attrs["MATLAB_class"] = np.bytes_("struct")
        return
    kind = "struct" if names else "cell" if value.dtype == object else "char"
    if not value.size:
        group[name] = np.array(value.shape, np.uint64)
        group[name].attrs["MATLAB_empty"] = np.uint8(1)
    elif kind == "cell":
        group[name] = _references(file, value)
    elif value.dtype.kind == "U":
        codes = [[ord(letter) for letter in row] for row in value.tolist()]
        group[name] = np.array(codes, np.uint16).T
        group[name].attrs["MATLAB_int_decode"] = np.int32(2)
    else:
        group[name] = value.T
    if kind == "char" and value.dtype.kind != "U":
        kind = _CLASSES[value.dtype.str[1:]]
    group[name].attrs["MATLAB_class"] = np.bytes_(kind)


def _references(file: h5py.File, values: np.ndarray) -> np.ndarray:
    kept = file.require_group("#refs#")
    made = np.empty(values.T.shape, h5py.ref_dtype)
    for place, value in np.ndenumerate(values.T):
        name = f"r{next(_NUMBERS)}"
        _put(file, kept, name, value)
        made[place] = kept[name].ref
    return made
