"""The ringer: looks for due rows and puts a message into the worker's queue for each, up to its slots.

It is the only one that publishes. A message says no more than "there is work": a lost, doubled or late one
costs at most a second, because the rows are the work and are counted again each second.
"""

import base64
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

import psycopg
import redis
from django.db import DatabaseError, InterfaceError, connection
from django.utils.module_loading import import_string
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("trova.ringer")

EVERY: Final = 1.0
"""Seconds between two looks when nobody calls."""
PATIENCE: Final = 0.25
"""Seconds for Redis. The client's own retries, and Celery's `send_task`, took over six on a frozen one."""


class Bell(NamedTuple):
    """A queue of the worker, by name, and what makes it ring."""

    name: str
    task: str
    due_count: Callable[[], int]
    sweep: Callable[[], object]
    slots: int

    @classmethod
    def from_setting(cls, name: str, task: str, due_count: str, sweep: str, slots: int) -> Self:
        """The bell as `settings.DOORBELLS` names it."""
        return cls(name, task, import_string(due_count), import_string(sweep), slots)


class Ringer:
    """Rings `bells` until it is stopped. `database` is a URL that passes no transaction pooler."""

    def __init__(self, bells: Iterable[Bell], database: str, redis_url: str) -> None:
        self.bells = {bell.name: bell for bell in bells}
        self.database = database
        url = redis_url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)
        self.redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self.stopping = threading.Event()

    def run(self) -> None:
        """Look each second, and at once when a row's transaction notifies. Outlives both stores."""
        while not self.stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning("no database: %s", type(error).__name__)
                self.stopping.wait(EVERY)
        connection.close()
        self.redis.close()

    def stop(self) -> None:
        """End `run` within a second; for signal handlers."""
        self.stopping.set()

    def look(self) -> None:
        """Ring every bell that has due rows, then let each mend what it finds."""
        for bell in self.bells.values():
            self.ring(bell)
        for bell in self.bells.values():
            self._guarded(bell.sweep, bell, "sweep")

    def ring(self, bell: Bell) -> None:
        """Keep as many messages waiting as rows are due, up to the bell's slots."""
        wanted = min(self._guarded(bell.due_count, bell, "count") or 0, bell.slots)
        try:
            if wanted and (missing := wanted - int(self.redis.llen(bell.name))) > 0:
                self.redis.lpush(bell.name, *(message(bell) for _ in range(missing)))
        except redis.RedisError as error:
            log.warning("no bell for %s: %s", bell.name, type(error).__name__)

    def _listen(self) -> None:
        with psycopg.connect(self.database, autocommit=True, connect_timeout=2) as listener:
            for name in self.bells:
                listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(name)))
            next_look = time.monotonic()
            while not self.stopping.is_set():
                if time.monotonic() >= next_look:
                    self.look()
                    next_look = time.monotonic() + EVERY
                wait = max(0.0, next_look - time.monotonic())
                for call in listener.notifies(timeout=wait, stop_after=1):
                    self.ring(self.bells[call.channel])

    def _guarded(self, ask: Callable[[], Any], bell: Bell, what: str) -> Any:
        """What `ask` returns, None when it failed: one bell's failure must not silence the others."""
        try:
            return ask()
        except (DatabaseError, InterfaceError) as error:
            log.warning("%s of %s: %s", what, bell.name, type(error).__name__)
        except Exception:  # one bell's mistake must not silence the others
            log.exception("%s of %s failed", what, bell.name)
        finally:
            connection.close()
        return None


def message(bell: Bell) -> str:
    """A call of the bell's task without arguments, as Celery's Redis transport stores it (protocol 2)."""
    task_id = str(uuid4())
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return json.dumps(
        {
            "body": base64.b64encode(json.dumps([[], {}, embed]).encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                "lang": "py",
                "task": bell.task,
                "id": task_id,
                "root_id": task_id,
                "parent_id": None,
                "group": None,
                "eta": None,
                "expires": None,
                "retries": 0,
                "timelimit": [None, None],
                "argsrepr": "()",
                "kwargsrepr": "{}",
                "origin": "ring",
                "ignore_result": True,
            },
            "properties": {
                "correlation_id": task_id,
                "reply_to": "",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": bell.name},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": task_id,
            },
        }
    )
