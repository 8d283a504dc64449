"""Options that several faces share, so that a word means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import click

from scanner.config import Config, home_folder, load
from scanner.errors import StudentXError
from scanner.model import EVERYBODY

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Session:
    """What the options before a command say; carried as the context's object."""

    home_option: str | None = None
    config_path: Path | None = None

    @property
    def home(self) -> Path:
        """Return the folder of the config and the store."""
        return home_folder(self.home_option)

    def config(self) -> Config:
        """Return the config. Raises ConfigError."""
        return load(self.home, self.config_path)


def _set_home(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Session).home_option = value


def _set_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(Session).config_path = value


def home_option(command: Command) -> Command:
    """Add --home."""
    return click.option(
        "--home",
        metavar="FOLDER",
        expose_value=False,
        callback=_set_home,
        help="Folder of config.toml and the registers (default: $STUDENT_X_HOME, else your "
        "user data folder).",
    )(command)


def config_option(command: Command) -> Command:
    """Add --config."""
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_set_config,
        help="Config file (default: config.toml in the home folder).",
    )(command)


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date:
    return value.date() if value else date.today()


def today_option(command: Command) -> Command:
    """Add --today."""
    return click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        callback=_day,
        help="Judge as of this day: consents begin and end (default: today).",
    )(command)


def _time(_: click.Context, __: click.Parameter, value: datetime | None) -> time | None:
    return value.time() if value else None


def at_option(command: Command) -> Command:
    """Add --at."""
    return click.option(
        "--at",
        type=click.DateTime(["%H:%M"]),
        metavar="HH:MM",
        callback=_time,
        help="Judge as of this time: duties begin and end (default: now; with another day than "
        "today nobody is on a duty that has hours).",
    )(command)


def moment(today: date, at: time | None) -> date:
    """Return the moment to judge by, or the day alone where the time of day is not known."""
    if at is not None:
        return datetime.combine(today, at)
    return datetime.now() if today == date.today() else today


def pack_option(command: Command) -> Command:
    """Add --pack."""
    return click.option(
        "--pack",
        metavar="NAME",
        help="Policy to judge by, such as circle-of-care or welfare-team (default: the config's).",
    )(command)


def style_option(command: Command) -> Command:
    """Add --as."""
    return click.option(
        "--as",
        "style",
        type=click.Choice(["initials", "student-x"]),
        default="initials",
        show_default=True,
        help="What stands in place of a student's name in a copy.",
    )(command)


def _optional_day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def day_option(*names: str, help: str) -> Callable[[Command], Command]:
    """Add an option that takes a day."""
    return click.option(
        *names,
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        callback=_optional_day,
        help=help,
    )


def format_option(
    name: str = "output", *, help: str = "For people or for programs."
) -> Callable[[Command], Command]:
    """Add --format, terminal or json, under a name."""
    return click.option(
        "--format",
        name,
        type=click.Choice(["terminal", "json"]),
        default="terminal",
        show_default=True,
        help=help,
    )


def desk_options(command: Command) -> Command:
    """Add --pack, --config and --home."""
    return home_option(config_option(pack_option(command)))


def _to(*, required: bool) -> Callable[[Command], Command]:
    return click.option(
        "--to",
        "recipient",
        required=required,
        metavar="WHOM",
        help="An address, a domain (@firm.example), a role (disability_officer) or a relation "
        "(mother, parents).",
    )


to_option = _to(required=True)


def refused_option(command: Command) -> Command:
    """Add --to and --everybody; ``refused`` makes one recipient of them."""
    everybody = click.option(
        "--everybody",
        is_flag=True,
        help="Nobody at all is to be told: it means every reader, inside the circle too.",
    )
    return _to(required=False)(everybody(command))


def refused(recipient: str | None, everybody: bool) -> str:
    """Return whom a refusal means. Raises UsageError unless one of both says so.

    A "*" may be a slip of the shell's, so it must be said in so many words.
    """
    if everybody == (recipient is not None):
        raise click.UsageError("Say whom it means: either --to WHOM or --everybody.")
    if recipient == EVERYBODY:
        raise StudentXError("that is nobody in particular", "if nobody is to be told: --everybody")
    return recipient or EVERYBODY


on_option = day_option("--on", help="The day it was said (default: today).")
category_option = click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="CATEGORY",
    help="What it is about, such as health or finance; repeat it for more.",
)
