"""Read the bodies that programs under test send: bounded, decompressed, parsed strictly.

A broken or hostile body costs bounded memory and ends in a status with a reason:

    Refused                  what a part of the world does not take, and why
    ├── Malformed       400  cut short, broken, or not what it claims to be
    ├── TooLarge        413  over the limit, before or after decompression
    └── UnknownEncoding 415  a Content-Encoding or Content-Type that nobody here reads
"""

from __future__ import annotations

import importlib
import json
import math
import zlib
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_BODY_BYTES = 20 * 1024 * 1024
MAX_JSON_DEPTH = 200
# zlib finds out by itself whether a stream is gzip or deflate.
_GZIP_OR_DEFLATE = 47
# A brotli stream can grow a million times: small steps bound what one step can add.
_BROTLI_STEP = 64


class Refused(Exception):
    """Carry the reason and the status of a refusal."""

    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Malformed(Refused):
    """The body is broken."""


class TooLarge(Refused):
    """The body is over the limit."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than {limit} bytes")
        self.limit = limit


class UnknownEncoding(Refused):
    """The body is in an encoding that nobody here reads."""

    status = 415


async def read_body(request: Request, *, limit: int = MAX_BODY_BYTES) -> bytes:
    """Return the decompressed body; memory stays within twice `limit` bytes."""
    sent = await _receive(request, limit)
    return decompress(sent, request.headers.get("content-encoding", ""), limit=limit)


def decompress(data: bytes, encoding: str, *, limit: int = MAX_BODY_BYTES) -> bytes:
    """Undo a Content-Encoding: gzip, deflate, br (where brotli is installed) or none."""
    match encoding.strip().lower():
        case "" | "identity":
            return data
        case "gzip" | "deflate":
            return _inflate(data, limit)
        case "br":
            return _unbrotli(data, limit)
        case other:
            raise UnknownEncoding(f"Content-Encoding {other!r}: send gzip, deflate, br or none")


def parse_json(data: bytes) -> Any:
    """Parse JSON as RFC 8259 has it: UTF-8, finite numbers, and no abyss of brackets."""
    try:
        value = json.loads(
            data.decode("utf-8"), parse_float=_finite, parse_constant=_refuse_constant
        )
    except RecursionError as error:
        raise Malformed(f"JSON nested deeper than {MAX_JSON_DEPTH}") from error
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from error
    if _depth(value) > MAX_JSON_DEPTH:
        raise Malformed(f"JSON nested deeper than {MAX_JSON_DEPTH}")
    return value


def parse_object(data: bytes, name: str) -> dict[str, Any]:
    """Parse a JSON object; `name` tells the reader of an error which one it was."""
    try:
        value = parse_json(data)
    except Malformed as error:
        raise Malformed(f"{name} is {error.reason}") from error
    if not isinstance(value, dict):
        raise Malformed(f"{name} must be a JSON object, not {type(value).__name__}")
    return value


def json_answer(value: object, status: int = 200) -> Response:
    """Answer in ASCII JSON, so that half a surrogate pair cannot break the encoding."""
    return Response(json.dumps(value), status, media_type="application/json")


def error_answer(message: str, status: int = 422) -> Response:
    """Answer in the error form of the world's control addresses."""
    return json_answer({"error": {"message": message}}, status)


async def _receive(request: Request, limit: int) -> bytes:
    """Read to the end, keep up to `limit`: a client that is cut off never sees its 413."""
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= limit:
                chunks.append(chunk)
    except ClientDisconnect as error:
        raise Malformed("the client left before the end of the body") from error
    if size > limit:
        raise TooLarge(limit)
    return b"".join(chunks)


def _inflate(data: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj(wbits=_GZIP_OR_DEFLATE)
    try:
        plain = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise Malformed(f"the body does not decompress: {error}") from error
    if len(plain) > limit:
        raise TooLarge(limit)
    if not stream.eof:
        raise Malformed("the compressed body is cut short")
    if stream.unused_data:
        raise Malformed("bytes follow the end of the compressed body")
    return plain


def _unbrotli(data: bytes, limit: int) -> bytes:
    try:
        brotli = importlib.import_module("brotli")
    except ImportError as error:
        raise UnknownEncoding("Content-Encoding br: install the brotli package here") from error
    stream, plain = brotli.Decompressor(), bytearray()
    try:
        for start in range(0, len(data), _BROTLI_STEP):
            plain += stream.process(data[start : start + _BROTLI_STEP])
            if len(plain) > limit:
                raise TooLarge(limit)
    except brotli.error as error:
        raise Malformed(f"the body does not decompress: {error}") from error
    if not stream.is_finished():
        raise Malformed("the compressed body is cut short")
    return bytes(plain)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not a JSON value")


def _depth(value: object) -> int:
    """Count the levels of nesting breadth first: no recursion, whatever the value."""
    level, depth = [value], 0
    while level:
        level = [child for parent in level for child in _children(parent)]
        depth += 1
    return depth


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
