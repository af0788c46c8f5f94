"""Read the word lists that the guards' rules stand on."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def groups(text: str) -> list[list[str]]:
    """Return the words of each group; a semicolon ends a group."""
    return [group.split() for group in text.split(";") if group.strip()]


def counted(text: str, *, first: int) -> dict[str, float]:
    """Return each word of a text with its number, counted up from `first`."""
    return {word: float(value) for value, word in enumerate(text.split(), start=first)}
