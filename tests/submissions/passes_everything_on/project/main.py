"""Passes each request on to the provider and each answer back: no limit, no cache, no retry."""

from __future__ import annotations

import os

import aiohttp
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.get("/livez")
@app.get("/readyz")
async def healthy() -> dict[str, str]:
    """Say that all is well."""
    return {"status": "ok"}


@app.post("/v1/chat/completions")
async def chat(request: Request) -> Response:
    """Ask the provider, whoever is asking."""
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    url = f"{os.environ['OPENAI_BASE_URL']}/chat/completions"
    async with aiohttp.ClientSession() as session:
        answer = await session.post(url, data=await request.body(), headers=headers)
        return Response(await answer.read(), answer.status, media_type="application/json")
