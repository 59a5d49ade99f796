"""Tables written into a new folder with their dictionary."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gazelab import storage
from gazelab.report.dictionary import data_dictionary
from gazelab.report.tables import Table, csv_pieces
from gazelab.task import Step, Task


def write_tables(tables: Sequence[Table], metrics: Iterable[str], outdir: Path) -> Task[Path]:
    """Write tables, and a data dictionary with these metrics, into a new folder; return it.

    outdir : made new; where it exists, `outdir-2`, `outdir-3` ... is made instead. Raises
    WriteError; when the task fails or is closed, the folder is removed again.
    """
    with storage.removed_on_failure(storage.fresh_folder(outdir)) as folder:
        for table in tables:
            with storage.replacing(folder / table.file) as file:
                for done, piece in enumerate(csv_pieces(table)):
                    yield Step(done, None, f"writing {table.file}")
                    file.write(piece.encode())
        described = data_dictionary(tables, metrics)
        storage.write_json(folder / "data_dictionary.json", described)
    return folder
