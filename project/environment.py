"""Read the environment: look up, fall back, and name the variable that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


class SettingsError(ValueError):
    """The environment does not make a service; the text says what to set."""


class Environment:
    """Looks a variable up, falls back to the table's default, names it when it is wrong."""

    def __init__(self, env: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        self._env = env
        self._defaults = defaults

    def text(self, name: str) -> str:
        """Return the variable, or its default when it is unset or blank."""
        return self._env.get(name, "").strip() or self._defaults.get(name, "")

    def required(self, name: str) -> str:
        """Return a variable that has no default."""
        if not (value := self.text(name)):
            raise SettingsError(f"{name} is not set; set it, or start with `world` for a local one")
        return value

    def number(self, name: str, *, at_least: float, at_most: float = float("inf")) -> float:
        """Return a finite number within bounds."""
        value = parse_number(name, self.text(name))
        if not at_least <= value <= at_most:
            raise SettingsError(f"{name} must be from {at_least:g} to {at_most:g}, not {value:g}")
        return value

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        """Return an address of one of these schemes."""
        value = self.text(name)
        if value.partition("://")[0] not in schemes:
            raise SettingsError(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}")
        if not _leads_somewhere(value):
            raise SettingsError(f"{name} needs a host, and a number where it names a port")
        return value

    def entries(self, name: str, *, separator: str) -> list[tuple[str, str]]:
        """Split `a=b;c=d` into pairs."""
        pairs = []
        for part in filter(None, (p.strip() for p in self.text(name).split(separator))):
            left, sign, right = part.partition("=")
            if not (left and sign and right):
                raise SettingsError(f"{name}: an entry is not of the form name=value")
            pairs.append((left.strip(), right.strip()))
        return pairs


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port is not None or bool(parts.hostname or parts.path)
    except ValueError:
        return False


def parse_number(name: str, text: str) -> float:
    """Read a finite number or say which variable holds none."""
    try:
        value = float(text)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {text!r}") from None
    if value != value or abs(value) == float("inf"):  # noqa: PLR0124  # NaN differs from itself
        raise SettingsError(f"{name} must be a finite number, not {text!r}")
    return value
