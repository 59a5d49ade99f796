from pathlib import Path

from gazelab.metrics.baseline_catalog import CATALOG
from gazelab.metrics.catalog import METRICS, VARIANTS
from gazelab.metrics.similarities import SIMILARITIES
from gazelab.report.catalogue import metrics_page

PAGE = Path(__file__).parents[3] / "resources" / "guide" / "metrics.md"


def test_the_page_of_the_guide_is_that_of_the_program():
    # `python .github/make_metrics_page.py` makes it anew
    assert PAGE.read_text("utf-8") == metrics_page()


def test_every_metric_has_a_row_of_seven_cells_and_every_baseline_one_of_four():
    rows = [line for line in metrics_page().splitlines() if line.startswith("| `")]
    number = len(METRICS) + len(VARIANTS) + len(SIMILARITIES)
    assert [row.count("|") for row in rows] == [8] * number + [5] * len(CATALOG)
