"""Make the page of the guide that lists all metrics anew: python .github/make_metrics_page.py"""

from pathlib import Path

from gazelab import storage
from gazelab.report.catalogue import metrics_page

PAGE = Path(__file__).resolve().parents[1] / "resources" / "guide" / "metrics.md"

if __name__ == "__main__":
    storage.write_text(PAGE, metrics_page())
