"""The rules of reading a body."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from starlette.requests import Request

from world.body import (
    MAX_JSON_DEPTH,
    Malformed,
    TooLarge,
    UnknownEncoding,
    decompress,
    json_answer,
    parse_json,
    read_body,
)

TEXT = b"one body" * 50


@pytest.mark.parametrize(
    ("sent", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " GZIP "),
        (zlib.compress(TEXT), "deflate"),
    ],
    ids=["none", "identity", "gzip", "gzip in capitals", "deflate"],
)
def test_a_compressed_body_becomes_what_it_was(sent: bytes, encoding: str) -> None:
    """Every encoding that a client may use gives the same bytes."""
    assert decompress(sent, encoding, limit=1000) == TEXT


def test_a_brotli_body_becomes_what_it_was() -> None:
    """Brotli is read where the package is installed."""
    brotli = pytest.importorskip("brotli", reason="the brotli package is not installed")
    assert decompress(brotli.compress(TEXT), "br", limit=1000) == TEXT
    with pytest.raises(Malformed, match="cut short"):
        decompress(brotli.compress(TEXT)[:-3], "br", limit=1000)
    with pytest.raises(Malformed, match="does not decompress"):
        decompress(b"\xff" * 200, "br", limit=1000)
    with pytest.raises(TooLarge):
        decompress(brotli.compress(bytes(50_000_000)), "br", limit=1000)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"no gzip", "does not decompress"),
        (gzip.compress(TEXT)[:-9], "cut short"),
        (b"", "cut short"),
        (gzip.compress(TEXT) + b"more", "follow the end"),
    ],
    ids=["not compressed", "cut", "empty", "a tail"],
)
def test_a_broken_compressed_body_is_refused(sent: bytes, reason: str) -> None:
    """What does not decompress wholly is refused with the reason."""
    with pytest.raises(Malformed, match=reason):
        decompress(sent, "gzip", limit=1000)


def test_a_small_body_that_grows_over_the_limit_is_refused() -> None:
    """The limit holds for the decompressed size."""
    with pytest.raises(TooLarge, match="1000 bytes"):
        decompress(gzip.compress(bytes(5_000_000)), "gzip", limit=1000)


def test_an_encoding_that_nobody_reads_is_refused_by_name() -> None:
    """An unknown Content-Encoding is named."""
    with pytest.raises(UnknownEncoding, match="zstd"):
        decompress(b"", "zstd", limit=1000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "too large"),
        (b"[" * 20_000 + b"]" * 20_000, "deeper"),
        (b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1), "deeper"),
    ],
    ids=["cut", "no UTF-8", "NaN", "infinity", "too large a number", "an abyss", "too deep"],
)
def test_what_is_not_strictly_json_is_refused(text: bytes, reason: str) -> None:
    """Only JSON that every parser reads alike is taken."""
    with pytest.raises(Malformed, match=reason):
        parse_json(text)


def test_json_within_the_depth_is_read() -> None:
    """The deepest JSON that is allowed is read."""
    depth = MAX_JSON_DEPTH - 1
    assert parse_json(b"[" * depth + b"1.5" + b"]" * depth)


def test_half_a_surrogate_pair_survives_the_answer() -> None:
    """What JSON can say comes back as JSON."""
    answer = json_answer(["\ud800"])
    assert json.loads(bytes(answer.body)) == ["\ud800"]


async def test_a_client_that_leaves_is_an_error_with_a_reason() -> None:
    """A connection that ends within the body is a broken body."""

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "headers": []}, receive)
    with pytest.raises(Malformed, match="left before the end"):
        await read_body(request)
