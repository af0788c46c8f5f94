"""The environment is understood wholly, or refused in one line that says what to set."""

from __future__ import annotations

import re

import pytest

from project.environment import SettingsError
from project.patterns.rate_limit import Window
from project.settings import TABLE, ApiKey, Budget, Settings, main

TOKEN = "a-long-and-random-token"
SECRET = "sk-very-secret-value"
LEAST = {"OPENAI_API_KEY": SECRET, "ADMIN_TOKEN": TOKEN}


def read(**variables: str) -> Settings:
    """Read an environment of what is required and these."""
    return Settings.from_env({**LEAST, **variables})


def test_what_is_required_is_enough() -> None:
    """Everything else has the default that the table names."""
    settings = read()
    assert settings.redis_url == "redis://localhost:6379/0"
    assert settings.openai_base_url == "https://api.openai.com/v1"
    assert settings.windows == {
        "free": (Window(10, 60), Window(100, 3600)),
        "pro": (Window(60, 60), Window(1000, 3600)),
    }
    assert settings.redis_down == {"free": "local", "pro": "local"}
    assert (settings.api_keys, settings.budgets, settings.embedder) == ((), (), "local")
    assert (settings.cache_similarity, settings.cache_ttl_seconds) == (0.95, 3600)
    assert settings.redis_deadline_seconds == 0.05
    assert (settings.request_timeout_seconds, settings.breaker_open_seconds) == (30, 5)
    assert settings.max_body_bytes == 262_144


def test_blank_is_unset() -> None:
    """A variable of nothing but white space has its default."""
    assert read(CACHE_SIMILARITY="  ", REDIS_URL="").cache_similarity == 0.95


def test_limits_of_requests_and_tokens_make_one_list() -> None:
    """A tier's windows are its requests first, then its tokens."""
    settings = read(RATE_LIMITS="free=2/0.5, 9/60 ;pro=1e3/1", TOKEN_LIMITS="free=500/60")
    free = (Window(2, 0.5), Window(9, 60), Window(500, 60, "tokens"))
    assert settings.windows == {"free": free, "pro": (Window(1000, 1),)}


def test_calls_in_flight_are_limited_by_tier() -> None:
    """A tier that is not named has no limit."""
    assert read(IN_FLIGHT_LIMITS="pro=20").in_flight_limits == {"pro": 20}
    assert read().in_flight_limits == {}


def test_keys_name_tenant_and_tier() -> None:
    """Blanks and a trailing comma do no harm."""
    assert read(API_KEYS=" k1=shop:free , k2=bank:pro,").api_keys == (
        ApiKey("k1", "shop", "free"),
        ApiKey("k2", "bank", "pro"),
    )


def test_budgets_are_exact() -> None:
    """A budget becomes whole nano-dollars."""
    assert read(BUDGETS="shop=0.1/day,shop=3/month,*=2.000000001/day,global=0/month").budgets == (
        Budget("shop", 100_000_000, "day"),
        Budget("shop", 3_000_000_000, "month"),
        Budget("*", 2_000_000_001, "day"),
        Budget("global", 0, "month"),
    )


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("open", {"free": "open", "pro": "open"}),
        ("pro=closed", {"free": "local", "pro": "closed"}),
        ("free=closed;pro=open", {"free": "closed", "pro": "open"}),
    ],
)
def test_redis_down_is_one_word_or_one_a_tier(text: str, policies: dict[str, str]) -> None:
    """A tier that is not named counts locally."""
    assert read(REDIS_DOWN=text).redis_down == policies


@pytest.mark.parametrize("word", ["local", "openai"])
def test_texts_are_embedded_here_or_at_the_provider(word: str) -> None:
    """Two words are known."""
    assert read(EMBEDDER=word).embedder == word


def test_an_address_loses_its_trailing_slash() -> None:
    """Paths are put behind it."""
    assert read(OPENAI_BASE_URL="http://127.0.0.1:9/v1/").openai_base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    "url", ["redis://h:1/2", "rediss://:pw@h", "unix:///run/redis.sock", "redis://:6380"]
)
def test_redis_addresses_are_taken_as_they_are(url: str) -> None:
    """TCP, TLS and socket files."""
    assert read(REDIS_URL=url).redis_url == url


def test_secrets_are_not_shown() -> None:
    """What a log prints of the settings holds no key, no token, no password."""
    settings = read(
        REDIS_URL=f"redis://:{SECRET}1@h",
        API_KEYS=f"{SECRET}2=shop:free",
        KEY_PEPPER=f"{SECRET}3",
    )
    assert SECRET not in repr(settings)
    assert TOKEN not in repr(settings)


def test_the_pepper_has_a_secret_default() -> None:
    """Without KEY_PEPPER it comes from the admin's token, and is not that token."""
    assert read(KEY_PEPPER="salt").key_pepper == "salt"
    assert TOKEN in read().key_pepper != TOKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", ""),
        ("ADMIN_TOKEN", ""),
        ("ADMIN_TOKEN", "tooshort-secret"),
        ("ADMIN_TOKEN", "CHANGEME"),
        ("REDIS_URL", f"http://:{SECRET}@h"),
        ("REDIS_URL", f"redis://:{SECRET}@h:port"),
        ("REDIS_URL", f"redis://:{SECRET}/@h"),
        ("REDIS_URL", f"redis://:{SECRET}@[h"),
        ("REDIS_URL", f"redis://:{SECRET}@"),
        ("OPENAI_BASE_URL", "api.openai.com/v1"),
        ("OPENAI_BASE_URL", "https://"),
        ("REDIS_DEADLINE_SECONDS", "0"),
        ("CACHE_SIMILARITY", "95"),
        ("CACHE_SIMILARITY", "nan"),
        ("CACHE_TTL_SECONDS", "inf"),
        ("CACHE_TTL_SECONDS", "an hour"),
        ("REQUEST_TIMEOUT_SECONDS", "-1"),
        ("BREAKER_OPEN_SECONDS", "0"),
        ("MAX_BODY_BYTES", "0"),
        ("EMBEDDER", "bert"),
        ("RATE_LIMITS", "free"),
        ("RATE_LIMITS", "free=10"),
        ("RATE_LIMITS", "free=10/0"),
        ("RATE_LIMITS", "free=0/60"),
        ("RATE_LIMITS", "free=1.5/60"),
        ("RATE_LIMITS", "free=10/60/60"),
        ("RATE_LIMITS", "free=ten/60"),
        ("TOKEN_LIMITS", "fre=10/60"),
        ("IN_FLIGHT_LIMITS", "gold=2"),
        ("IN_FLIGHT_LIMITS", "free=0"),
        ("IN_FLIGHT_LIMITS", "free=1.5"),
        ("REDIS_DOWN", "maybe"),
        ("REDIS_DOWN", "free=maybe"),
        ("REDIS_DOWN", "gold=open"),
        ("BUDGETS", "shop=1/week"),
        ("BUDGETS", "shop=1"),
        ("BUDGETS", "shop=-1/day"),
        ("BUDGETS", "shop=much/day"),
        ("BUDGETS", "shop=1/day,shop=2/day"),
        ("API_KEYS", SECRET),
        ("API_KEYS", f"{SECRET}=shop"),
        ("API_KEYS", f"{SECRET}=shop:gold"),
        ("API_KEYS", f"{SECRET}=:free"),
        ("API_KEYS", f"{SECRET}==shop:free"),
        ("API_KEYS", f"{SECRET}=global:free"),
        ("API_KEYS", f"{SECRET}=*:free"),
        ("API_KEYS", f"k=shop:free;{SECRET}=bank:pro"),
        ("API_KEYS", f"shop:free={SECRET}"),
        ("API_KEYS", f"shop=free:{SECRET}"),
        ("API_KEYS", f"{SECRET}=shop:free,{SECRET}=bank:free"),
    ],
)
def test_a_wrong_variable_is_named_in_one_line(name: str, value: str) -> None:
    """The line says what to set, and holds no secret, wherever the slip is."""
    with pytest.raises(SettingsError) as caught:
        read(**{name: value})
    line = str(caught.value)
    assert re.match(rf"{name}\b", line)
    assert "\n" not in line
    assert SECRET not in line
    assert "tooshort" not in line


def test_the_table_names_every_variable_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m project.settings` prints one line a variable; a set one is only `set`."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.delenv("EMBEDDER", raising=False)
    main()
    printed = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:] for line in printed.splitlines()}
    assert list(lines) == [name for name, *_ in TABLE]
    assert lines["OPENAI_API_KEY"][0] == "set"
    assert lines["EMBEDDER"][:2] == ["default", "local"]
    assert SECRET not in printed
