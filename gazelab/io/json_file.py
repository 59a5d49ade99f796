"""JSON files of a bounded size."""

import json
from pathlib import Path
from typing import Any

from gazelab.errors import ReadError

_LARGEST_BYTES = 1 << 30


def json_content(path: Path, largest_bytes: int = _LARGEST_BYTES) -> Any:
    """Return what a JSON file holds.

    Raises ReadError when it is no JSON, with the line where that can be said, when it is larger
    than `largest_bytes`, and when it cannot be opened.
    """
    try:
        if path.stat().st_size > largest_bytes:
            raise ReadError(f"The file is larger than {largest_bytes >> 20:,} MiB.", path)
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error
    except json.JSONDecodeError as error:
        raise ReadError(
            f"This is not JSON ({error.msg}).", path, error.lineno, "Is the file cut short?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ReadError("This is not JSON, or it is damaged.", path) from error
