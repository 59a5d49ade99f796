"""Pictures reach a model in order, and in batches of equal size."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.errors import ReadError
from gazelab.nets import feed
from gazelab.nets.feed import EqualSizes, read_ahead

PATHS = [Path(f"{number}.png") for number in range(200)]


def _read(path: Path) -> np.ndarray:
    if int(path.stem) % 50 == 7:
        raise ReadError("damaged", path)
    return np.full((2, 2, 3), int(path.stem), np.uint8)


@pytest.mark.parametrize("threads", [0, 1, 4])
def test_pictures_come_in_order_and_damaged_ones_with_the_reason(threads: int) -> None:
    for number, pixels in enumerate(read_ahead(_read, PATHS, threads)):
        if number % 50 == 7:
            assert isinstance(pixels, ReadError)
        else:
            assert isinstance(pixels, np.ndarray) and pixels[0, 0, 0] == number
    assert number == len(PATHS) - 1


def test_closing_ends_the_threads_and_no_picture_is_read_far_ahead() -> None:
    seen: list[Path] = []

    def read(path: Path) -> np.ndarray:
        seen.append(path)
        return _read(path)

    before = threading.active_count()
    pictures = read_ahead(read, PATHS, 3)
    for _ in range(5):
        next(pictures)
    pictures.close()
    assert len(seen) <= 5 + feed._AHEAD
    assert threading.active_count() == before


def test_a_fault_while_reading_is_not_hidden() -> None:
    def read(path: Path) -> np.ndarray:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(read_ahead(read, PATHS, 2))


@given(st.lists(st.integers(1, 12), max_size=60), st.integers(1, 5))
def test_every_picture_is_in_one_batch_of_its_size(sizes: Sequence[int], batch: int) -> None:
    waiting = EqualSizes[int](batch)
    batches = []
    for number, size in enumerate(sizes):
        batches.append(waiting.add(number, np.zeros((size, 1, 3), np.uint8)))
        held = number + 1 - sum(map(len, batches))
        assert held < 4 * batch
    batches += waiting.rest()
    assert sorted(number for one in batches for number, _ in one) == list(range(len(sizes)))
    for one in batches:
        assert len(one) <= batch
        assert len({pixels.shape for _, pixels in one}) <= 1
    assert not waiting.rest()


def test_a_batch_is_ready_when_it_is_full() -> None:
    waiting = EqualSizes[str](2)
    wide, high = np.zeros((1, 2, 3), np.uint8), np.zeros((2, 1, 3), np.uint8)
    assert waiting.add("a", wide) == []
    assert waiting.add("b", high) == []
    assert [item for item, _ in waiting.add("c", wide)] == ["a", "c"]
    assert [[item for item, _ in one] for one in waiting.rest()] == [["b"]]
