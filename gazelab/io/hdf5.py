"""What lies in an HDF5 file itself, and not in another one to which it links.

Only in a child process: damaged files crash the parser.
"""

from typing import Any

MOST_VALUES = 20_000_000


def found(group: Any, name: str) -> Any:
    """Return what lies in a group; None where nothing does, or what links to another file."""
    import h5py

    if group is None or not isinstance(group.get(name, getlink=True), h5py.HardLink):
        return None
    return group[name]


def is_inside(data: Any) -> bool:
    """Whether this is a data set of a bearable size that lies in its file."""
    import h5py

    if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external:
        return False
    return data.size is not None and data.size <= MOST_VALUES
