"""Find the golden numbers of the metrics again on this machine."""

from gazelab.cli.output import Outcome, columns
from gazelab.data.counted import counted


def verified() -> Outcome:
    """Compute the numbers that reference implementations gave, and tell which differ."""
    from gazelab.metrics.golden import verify

    rows = list(verify())
    wrong = [row for row in rows if not row.agrees]
    body = [
        [row.metric, row.of, f"{row.expected:.12g}", f"{row.found:.12g}", _word(row.agrees)]
        for row in rows
    ]
    lines = columns([["metric", "of", "expected", "found", ""], *body], numbers_from=2)
    lines.append(f"{counted(len(rows), 'number')}, {len(wrong)} of them not found again.")
    data = {
        "numbers": len(rows),
        "wrong": [
            {"metric": row.metric, "of": row.of, "expected": row.expected, "found": row.found}
            for row in wrong
        ],
    }
    problem = f"{counted(len(wrong), 'number')} of the metrics not found again, see above."
    return Outcome(lines, data, 1 if wrong else 0, problem if wrong else "")


def _word(agrees: bool) -> str:
    return "ok" if agrees else "WRONG"
