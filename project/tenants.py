"""Whose key is it? Keys are kept as HMACs; a look-up compares hashes, never keys."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from project.errors import Unauthorized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from project.settings import ApiKey

_SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer: the subject of limits, budgets and cached answers."""

    name: str
    tier: str


class Tenants:
    """The keys that were given out."""

    def __init__(self, keys: Iterable[ApiKey], *, pepper: str) -> None:
        self._pepper = pepper.encode()
        self._tenants = {self._hash(k.key): Tenant(k.tenant, k.tier) for k in keys}

    def authenticate(self, authorization: str | None) -> Tenant:
        """Return the tenant of an `Authorization: Bearer KEY` header, or raise `Unauthorized`.

        The dictionary is indexed by a keyed hash that a caller cannot compute, so the time of a
        look-up tells nothing about the keys.
        """
        if authorization is None or not authorization.lower().startswith(_SCHEME):
            raise Unauthorized("no API key: send the header `Authorization: Bearer YOUR_KEY`")
        tenant = self._tenants.get(self._hash(authorization[len(_SCHEME) :].strip()))
        if tenant is None:
            raise Unauthorized("this API key is not known here")
        return tenant

    def _hash(self, key: str) -> bytes:
        return hmac.digest(self._pepper, key.encode("utf-8", "surrogateescape"), hashlib.sha256)
