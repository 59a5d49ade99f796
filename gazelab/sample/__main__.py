"""`python -m gazelab.sample FOLDER` makes the files of the sample project anew."""

import sys
from pathlib import Path

from gazelab.errors import GazeLabError
from gazelab.sample.files import write_sample


def main() -> int:
    """Write the sample into the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.stderr.write("Usage: python -m gazelab.sample FOLDER\n")
        return 2
    try:
        write_sample(Path(sys.argv[1]))
    except GazeLabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
