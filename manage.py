#!/usr/bin/env python
import os
import sys


def main() -> None:
    # Where production's secret is, the demo's settings would have its database.
    deployment = "production" if os.environ.get("SECRET_KEY") else "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{deployment}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
