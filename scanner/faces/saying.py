"""What goes to standard error: one sentence, and what can be done."""

from __future__ import annotations

import click


def say(message: str, hint: str = "") -> None:
    """Print a sentence for a person, beside what a program may read of standard output."""
    click.echo(f"scan: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
