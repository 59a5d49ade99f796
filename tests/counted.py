"""Whether the counts of a reading add up: everything in a source is kept, or left out with why."""

import numpy as np

from gazelab.io.reading import Reading


def counted(reading: Reading, *kinds: str) -> Reading:
    """Return a reading whose counts add up. Raises AssertionError for any other.

    kinds : what a row is, such as "samples", where it is one thing: then rows read are those
        kept, left out or rejected. Elsewhere a row may be a sample and of a fixation.

    Samples and fixations in the file are kept, left out, or in rows that are rejected. Lost
    samples are kept, and counted with the reason.
    """
    kept = {"samples": reading.recordings, "fixations": reading.scanpaths}
    numbers = {kind: sum(map(len, items)) for kind, items in kept.items()}
    for events in reading.events:
        numbers[f"{events.kind}s"] = numbers.get(f"{events.kind}s", 0) + len(events)
    read, rejected = reading.counts.get("rows read"), _sum(reading, "rows rejected: ")
    if read is not None:
        assert rejected <= read
        if read == rejected:
            assert not any(numbers.values())
    if kinds:
        used = [numbers.get(kind, 0) + _sum(reading, f"{kind} left out: ") for kind in kinds]
        assert read == rejected + sum(used), reading.counts
    for kind, number in numbers.items():
        left_out = _sum(reading, f"{kind} left out: ") + _sum(reading, f"{kind} rejected: ")
        missing = reading.counts.get(f"{kind} in the file", 0) - number - left_out
        assert 0 <= missing <= rejected, (kind, reading.counts)
    if reading.recordings:
        lost = sum(int(np.isnan(item.x_px + item.y_px).sum()) for item in reading.recordings)
        assert _sum(reading, "samples lost: ") == lost, reading.counts
    assert all(number > 0 for name, number in reading.counts.items() if ": " in name)
    return reading


def _sum(reading: Reading, start: str) -> int:
    return sum(number for name, number in reading.counts.items() if name.startswith(start))
