"""`--to`, `--cc`, `--bcc`: judge a note or a draft as if it were sent to these people."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any, TypeVar

import click

from scanner.model import Recipient

Command = TypeVar("Command", bound=Callable[..., Any])


def _recipients(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[Recipient, ...]:
    return tuple(_recipient(context, option, value) for value in values)


def _recipient(context: click.Context, option: click.Parameter, value: str) -> Recipient:
    name, address = parseaddr(value)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() for sign in address):
        raise click.BadParameter(
            "is no mail address; write it as name@college.example", context, option
        )
    return Recipient(address.lower(), name, option.name or "to")


def addressed_options(command: Command) -> Command:
    """Add --to, --cc and --bcc, each repeatable."""
    helps = {
        "bcc": "The same, in blind copy.",
        "cc": "The same, in copy.",
        "to": "Judge as if sent to this address, in place of the recipients in the file.",
    }
    for field, text in helps.items():
        command = click.option(
            f"--{field}", field, multiple=True, metavar="ADDRESS", callback=_recipients, help=text
        )(command)
    return command
