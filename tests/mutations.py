"""Damaged copies of a file, the same ones for the same seed."""

import random
from collections.abc import Callable, Iterator

_MOST_BYTES = 8
_ODD = b"\0\xff\t\n\r ,.;-+0919eENan"


def mutants(data: bytes, seed: int = 0, count: int = 100) -> Iterator[tuple[str, bytes]]:
    """Yield `count` times what was done to a file, in words, and the damaged file."""
    chance = random.Random(seed)
    for _ in range(count):
        damage = chance.choice(_DAMAGES)
        yield damage(data, chance)


def _cut(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data) + 1)
    return f"cut at {at}", data[:at]


def _begun_late(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data) + 1)
    return f"without the first {at} bytes", data[at:]


def _gap(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return f"without {start} to {end}", data[:start] + data[end:]


def _flipped(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Change some bits, anywhere."""
    changed = bytearray(data)
    places = [chance.randrange(len(data)) for _ in range(chance.randint(1, _MOST_BYTES))]
    for at in places:
        changed[at] ^= 1 << chance.randrange(8)
    return f"bits flipped at {places}", bytes(changed)


def _replaced(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Put characters that parsers stumble over in place of others."""
    changed = bytearray(data)
    places = [chance.randrange(len(data)) for _ in range(chance.randint(1, _MOST_BYTES))]
    for at in places:
        changed[at] = chance.choice(_ODD)
    return f"other bytes at {places}", bytes(changed)


def _lines_deleted(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    lines = data.splitlines(keepends=True)
    start = chance.randrange(len(lines))
    end = start + chance.choice((1, 1, 2, 5, len(lines) // 2))
    return f"without lines {start} to {end}", b"".join(lines[:start] + lines[end:])


def _line_doubled(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return f"line {at} twice", b"".join(lines[: at + 1] + lines[at:])


def _line_moved(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    lines = data.splitlines(keepends=True)
    line = lines.pop(start := chance.randrange(len(lines)))
    end = chance.randrange(len(lines) + 1)
    return f"line {start} moved to {end}", b"".join([*lines[:end], line, *lines[end:]])


_DAMAGES: tuple[Callable[[bytes, random.Random], tuple[str, bytes]], ...] = (
    _cut,
    _begun_late,
    _gap,
    _flipped,
    _replaced,
    _lines_deleted,
    _line_doubled,
    _line_moved,
)
