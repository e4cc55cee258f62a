"""The windows of warm-up, in chunks of transitions that are run by one program."""

from __future__ import annotations

CHUNK = 25


def schedule(warmup: int) -> list[tuple[int, bool]]:
    """Return the windows of warm-up in chunks, each with whether the scales are learnt from it.

    >>> [(25 * length, learn) for length, learn in schedule(1000)]
    [(75, False), (25, True), (50, True), (100, True), (200, True), (500, True), (50, False)]
    """
    count = -(-warmup // CHUNK)
    if count < 4:
        return [(1, True)] * (count - 1) + [(1, False)]
    first, last = max(1, round(0.075 * count)), max(1, round(0.05 * count))
    left, length, slow = count - first - last, 1, []
    while left:
        window = length if left >= 3 * length else left
        slow.append((window, True))
        left, length = left - window, 2 * length
    return [(first, False), *slow, (last, False)]
