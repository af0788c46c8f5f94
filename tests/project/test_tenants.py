"""A key opens its own tenant's door, and only if it is sent as it should be."""

from __future__ import annotations

import pytest

from project.errors import Unauthorized
from project.settings import ApiKey
from project.tenants import Tenant, Tenants

KEYS = (ApiKey("key-one", "shop", "free"), ApiKey("key-two", "bank", "pro"))


@pytest.fixture
def tenants() -> Tenants:
    """Know two keys."""
    return Tenants(KEYS, pepper="pepper")


@pytest.mark.parametrize(
    "header", ["Bearer key-two", "bearer key-two", "BEARER   key-two  "], ids=repr
)
def test_a_known_key_is_its_tenant(tenants: Tenants, header: str) -> None:
    """The scheme's case and blanks round the key do not matter."""
    assert tenants.authenticate(header) == Tenant("bank", "pro")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "key-one",
        "Basic key-one",
        "Bearerkey-one",
        "Bearer KEY-ONE",
        "Bearer key-one,key-two",
        "Bearer key-one2",
        "Bearer \udcff\udcfe",
        "Bearer k\x00",
        "Bearer " + "k" * 100_000,
    ],
    ids=lambda header: repr(header)[:30],
)
def test_anything_else_is_nobody(tenants: Tenants, header: str | None) -> None:
    """The refusal is a 401 that says how to authenticate and quotes no key."""
    with pytest.raises(Unauthorized) as caught:
        tenants.authenticate(header)
    assert caught.value.http_status == 401
    assert caught.value.headers() == {"WWW-Authenticate": "Bearer"}
    assert "key-one" not in caught.value.message


def test_no_key_is_kept(tenants: Tenants) -> None:
    """What a memory dump of the table shows is hashes, and they depend on the pepper."""
    kept: dict[bytes, Tenant] = vars(tenants)["_tenants"]
    assert not any(k.key.encode() in digest for k in KEYS for digest in kept)
    assert kept.keys().isdisjoint(vars(Tenants(KEYS, pepper="salt"))["_tenants"])
