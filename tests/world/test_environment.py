"""Which variables the world adds: whole groups, and never one that is set."""

from __future__ import annotations

import pytest

from world.environment import API_KEYS, Addresses, additions, lines, missing_http

HERE = Addresses(http="http://127.0.0.1:1234", redis="redis://127.0.0.1:5678/0")


def test_an_empty_environment_gets_everything() -> None:
    """Nothing configured: every stand-in's address, as its client expects it."""
    added = additions({}, HERE)
    assert len(added.pop("ADMIN_TOKEN")) >= 32
    assert added == {
        "REDIS_URL": "redis://127.0.0.1:5678/0",
        "OPENAI_BASE_URL": "http://127.0.0.1:1234/v1",
        "OPENAI_API_KEY": "sk-local",
        "SENTRY_DSN": "http://public@127.0.0.1:1234/1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1234",
        "ALERT_WEBHOOK_URL": "http://127.0.0.1:1234/webhook",
        "WORLD_URL": "http://127.0.0.1:1234",
        "API_KEYS": API_KEYS,
    }


@pytest.mark.parametrize("name", list(additions({}, HERE)))
def test_a_set_variable_is_left_alone(name: str) -> None:
    """What is set, also to nothing, is never set again."""
    assert name not in additions({name: ""}, HERE)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_key_and_address_of_the_provider_are_one(name: str) -> None:
    """A real key never gets a stand-in's address, nor a real address a stand-in's key."""
    added = additions({name: "real"}, HERE)
    assert not {"OPENAI_API_KEY", "OPENAI_BASE_URL"} & added.keys()


def test_without_http_parts_there_is_no_world_url() -> None:
    """Only Redis stands in: its address, and what is generated."""
    added = additions({}, Addresses(redis="redis://127.0.0.1:5678/0"))
    assert added.keys() == {"REDIS_URL", "ADMIN_TOKEN", "API_KEYS"}


def test_admin_tokens_differ() -> None:
    """The admin token is drawn anew every time."""
    assert additions({}, HERE)["ADMIN_TOKEN"] != additions({}, HERE)["ADMIN_TOKEN"]


def test_missing_groups_are_named() -> None:
    """The groups served over HTTP are those of which no variable is set."""
    environ = {"SENTRY_DSN": "x", "OPENAI_API_KEY": "y"}
    assert [group.name for group in missing_http(environ)] == ["otlp", "webhook"]


def test_people_read_one_line_a_stand_in() -> None:
    """Each line names the stand-in, the variable and its value; the provider's key is not shown."""
    shown = lines(additions({"ADMIN_TOKEN": "x", "SENTRY_DSN": ""}, HERE))
    assert shown == [
        "world: redis    REDIS_URL=redis://127.0.0.1:5678/0",
        "world: provider OPENAI_BASE_URL=http://127.0.0.1:1234/v1",
        "world: otlp     OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1234",
        "world: webhook  ALERT_WEBHOOK_URL=http://127.0.0.1:1234/webhook",
        "world: page     WORLD_URL=http://127.0.0.1:1234",
        f"world: keys     API_KEYS={API_KEYS}",
    ]
