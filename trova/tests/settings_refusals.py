"""Reads [[name, value], ...] and prints what production's settings say to each, as JSON; run as a program."""

import json
import os
import runpy
import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    json.dump([refusal(name, value) for name, value in json.load(sys.stdin)], sys.stdout)


def refusal(name: str, value: str) -> str:
    """Why the site does not start with this value; empty if it does."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        runpy.run_module("trova.settings")
    except ImproperlyConfigured as error:
        return str(error)
    finally:
        os.environ.pop(name) if before is None else os.environ.update({name: before})
    return ""


if __name__ == "__main__":
    main()
