"""What one owner has: the stand-ins it started, or the running world that it found.

A world found at WORLD_URL is used as it is, and nothing new is started; what the environment lacks
is set to that world's addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from world.environment import REDIS, WORLD_URL, Addresses, additions, is_missing, missing_http
from world.errors import WorldError
from world.order import Order, Settings
from world.owner import Keeper

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Session:
    """The addresses to use, the variables to add that lead there, and who keeps it all."""

    addresses: Addresses
    variables: dict[str, str]
    keeper: Keeper | None


def open_session(settings: Settings, environ: Mapping[str, str], *, mark: str | None) -> Session:
    """Start what an environment lacks; WorldError if that fails.

    With the `mark` of a command there is always a keeper, because the command must end with its
    owner. Without one (a notebook) there is always an address for control.
    """
    found = running_world(environ)
    if found and mark is None:
        return Session(found, additions(environ, found), keeper=None)
    keeper = Keeper.start(_order(settings, environ, mark, found=found is not None))
    addresses = found or keeper.addresses
    return Session(addresses, additions(environ, addresses), keeper)


def _order(
    settings: Settings, environ: Mapping[str, str], mark: str | None, *, found: bool
) -> Order:
    if found:
        return Order(settings, mark=mark)
    standins = tuple(group.name for group in missing_http(environ))
    return Order(
        settings,
        redis=is_missing(REDIS, environ),
        http=bool(standins) or mark is None,
        standins=standins,
        mark=mark,
    )


def running_world(environ: Mapping[str, str]) -> Addresses | None:
    """Return where the world at WORLD_URL is; WorldError if the variable leads nowhere."""
    url = environ.get(WORLD_URL)
    if not url:
        return None
    from world.client import facts  # noqa: PLC0415 - urllib takes 30 ms, only for this

    known = facts(url.rstrip("/"))
    if known is None:
        raise WorldError(f"{WORLD_URL}={url} is set but no world answers there: unset {WORLD_URL}")
    return Addresses(http=url.rstrip("/"), redis=known["redis_url"])
