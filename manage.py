#!/usr/bin/env python
import os
import sys

# Commands that touch neither store, so need no service of our own to be started.
WITHOUT_SERVICES = {
    "",
    "--help",
    "--version",
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trova.settings")
    from django.core.management import execute_from_command_line

    if "".join(sys.argv[1:2]) not in WITHOUT_SERVICES:
        start_services()
    execute_from_command_line(sys.argv)


def start_services() -> None:
    """Start the embedded PostgreSQL and Redis where no URL names another."""
    from django.conf import settings

    from trova import embedded

    try:
        embedded.use(
            settings.DATA_DIR,
            postgres=not os.environ.get("DATABASE_URL"),
            redis=not os.environ.get("REDIS_URL"),
        )
    except embedded.EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
