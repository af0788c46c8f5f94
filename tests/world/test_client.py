"""World: what a notebook can ask a running world, and tell it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import openai
import pytest

import world
from tests.world.outliving import CONFIGURED, ROOT, answers, clean_environ, run_world, wait_until
from world.client import World
from world.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = "order status check"


@pytest.fixture(scope="module")
def own_world() -> Iterator[World]:
    """Yield a world of this module, with the environment put back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CONFIGURED:
            patch.delenv(name, raising=False)
        started = world.start(seed=5, latency_seconds=0)
        yield started
        started.stop()


@pytest.fixture
def w(own_world: World) -> World:
    """Return the world with nothing seen and nothing changed."""
    own_world.reset()
    return own_world


def ask(question: str = QUESTION) -> str:
    """Ask the provider through the unmodified package, configured by the environment alone."""
    with openai.OpenAI(max_retries=0) as client:
        answer = client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": question}]
        )
    return answer.choices[0].message.content or ""


def test_the_environment_leads_to_the_world(w: World) -> None:
    """After start, clients that read the environment reach the stand-ins."""
    assert os.environ["WORLD_URL"] == w.url
    assert os.environ["REDIS_URL"] == w.redis_url
    assert ask().endswith("[order_status]")


def test_starting_again_is_the_same_world(w: World) -> None:
    """A cell that is run twice starts one world."""
    assert world.start(seed=5) is w


def test_another_seed_is_refused(w: World) -> None:
    """A running world is not silently used for another seed."""
    with pytest.raises(WorldError, match=r"runs with seed 5: stop\(\) it"):
        world.start(seed=6)
    assert w.ledger() == []


def test_the_ledger_shows_every_call(w: World) -> None:
    """A call is in the ledger with its outcome and its price; clearing forgets it."""
    ask()
    (call,) = w.ledger()
    assert (call["outcome"], call["status"], call["model"]) == ("ok", 200, "gpt-4o-mini")
    assert Decimal(call["cost_usd"]) > 0
    w.clear_ledger()
    assert w.ledger() == []


def test_faults_apply_and_end(w: World) -> None:
    """Rules make calls fail until there are none."""
    w.faults({"kind": "status", "status": 503})
    with pytest.raises(openai.InternalServerError):
        ask()
    w.no_faults()
    assert ask()


def test_a_bad_rule_is_named(w: World) -> None:
    """A mistake in a rule is an error that names the field."""
    with pytest.raises(WorldError, match=r"/faults: rules\[0\]\.status: expected a whole number"):
        w.faults({"kind": "status", "status": 42})


def test_capacity_changes_one_thing_at_a_time(w: World) -> None:
    """What is not named keeps its value, and reset brings back the start."""
    w.capacity(quota_per_second=5)
    assert w.capacity(concurrency=2) == {
        "quota_per_second": 5,
        "concurrency": 2,
        "latency_seconds": 0,
        "seconds_per_token": 0,
    }
    w.reset()
    assert w.capacity()["quota_per_second"] is None


def test_webhooks_are_read_back(w: World) -> None:
    """What was sent to the alert address is there, until reset."""
    httpx.post(os.environ["ALERT_WEBHOOK_URL"], json={"alert": "budget"}, trust_env=False)
    (delivery,) = w.webhooks()
    assert delivery["body"] == {"alert": "budget"}
    w.reset()
    assert w.webhooks() == []


def test_events_and_spans_are_read_back(w: World) -> None:
    """Without a program under test there are none, as lists."""
    assert (w.sentry_events(), w.spans()) == ([], [])


def test_a_world_that_is_gone_is_an_error() -> None:
    """Asking a dead address is one sentence with the address."""
    gone = World("http://127.0.0.1:1")
    with pytest.raises(WorldError, match=r"the world at http://127\.0\.0\.1:1 does not answer"):
        gone.ledger()


def python(folder: Path, script: str, **environ: str) -> str:
    """Run a script of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean_environ(folder, **environ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_stop_takes_everything_back(tmp_path: Path) -> None:
    """After stop neither the parts nor their variables are there; a new start is a new world."""
    script = """
import json, os, world
before = dict(os.environ)
first = world.start(seed=5)
first.stop()
same = dict(os.environ) == before
second = world.start(seed=6)
print(json.dumps([first.url, second.url, same, second.seed]))
"""
    first, second, same, seed = json.loads(python(tmp_path, script))
    assert first != second
    assert same
    assert seed == 6
    assert wait_until(lambda: not answers(second), 2)  # it ended with its process


def test_a_world_that_died_is_started_again(tmp_path: Path) -> None:
    """If the keeper is killed, the next start brings up a new world under the same names."""
    script = """
import json, os, psutil, world
first = world.start(seed=5)
(keeper,) = psutil.Process().children()
keeper.kill()
keeper.wait()
second = world.start(seed=5)
print(json.dumps([first.url, second.url, os.environ["WORLD_URL"], second.ledger()]))
"""
    first, second, variable, calls = json.loads(python(tmp_path, script))
    assert first != second == variable
    assert calls == []


def test_a_configured_part_is_left_alone(tmp_path: Path) -> None:
    """A notebook with a Redis of its own gets no other, and can still control the world."""
    script = """
import json, os, world
w = world.start(seed=5)
base_url = os.environ.get("OPENAI_BASE_URL")
print(json.dumps([w.redis_url, os.environ["REDIS_URL"], base_url, w.ledger()]))
"""
    said = json.loads(python(tmp_path, script, REDIS_URL="redis://mine", OPENAI_API_KEY="real"))
    assert said == [None, "redis://mine", None, []]


def test_inside_world_cmd_it_is_the_same_world(tmp_path: Path) -> None:
    """A notebook under `world CMD` finds that world, and stop leaves it alone."""
    script = """
import json, os, world
w = world.start(seed=5)
w.stop()
same = (w.url, w.redis_url) == (os.environ["WORLD_URL"], os.environ["REDIS_URL"])
print(json.dumps([same, w.ledger()]))
"""
    done = run_world(tmp_path, sys.executable, "-c", script)
    assert json.loads(done.stdout) == [True, []]


def test_a_world_url_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    """A WORLD_URL left over from another day is named, not silently replaced."""
    done = run_world(tmp_path, "true", environ={"WORLD_URL": "http://127.0.0.1:1"})
    assert done.returncode == 1
    assert done.stderr == (
        "world: WORLD_URL=http://127.0.0.1:1 is set but no world answers there: unset WORLD_URL\n"
    )
