"""`--basis`: declare why something may be told without consent, and have it recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.errors import PolicyError
from scanner.model import Message, Override
from scanner.reports import Result

if TYPE_CHECKING:
    from scanner.policy import Pack
    from scanner.policy.overrides import Declaration

Command = TypeVar("Command", bound=Callable[..., Any])
_META = "student-x.basis"
_NEEDS = ("history", "attachments")


@dataclass(frozen=True)
class Basis:
    """What the options say of a basis; without --basis and --override there is none."""

    word: str | None = None
    because: str = field(default="", repr=False)
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    needs: tuple[str, ...] = ()
    care: str = field(default="", repr=False)
    confidentiality: str = field(default="", repr=False)
    renews: str = ""
    reused: str = ""

    @classmethod
    def declared(cls) -> Basis:
        """Return what the options of the running command say."""
        basis = cls(**click.get_current_context().meta[_META])
        if basis.word and basis.reused:
            raise click.UsageError("--basis declares anew what --override takes from the record")
        if not basis.word and replace(basis, reused="") != cls():
            raise click.UsageError("--because, --field and their like go with --basis")
        return basis

    def __bool__(self) -> bool:
        return bool(self.word or self.reused)

    def override(self, pack: Pack, message: Message, home: Path) -> Override:
        """Return the override that is declared for a message, or the recorded one.

        What is missing is asked for on a terminal. Raises PolicyError or StoreError.
        """
        from scanner.policy.overrides import Declaration, declare, in_force

        sender = message.sender.address if message.sender else ""
        now = datetime.now(UTC)
        if self.word is None:
            return in_force(_recorded(home, self.reused), pack, sender, now)
        if self.renews:
            _recorded(home, self.renews)
        said = Declaration(
            self.word,
            self.because,
            self.fields,
            self.needs,
            self.care,
            self.confidentiality,
            self.renews,
        )
        return declare(pack, _completed(pack, said), sender, now)

    def record(self, result: Result, override: Override, home: Path) -> Result:
        """Keep a declared basis of a message that was judged, and say so in its verdict."""
        if result.verdict is None:
            return result
        until = f"({override.clause}), which ends {override.expires_at:%Y-%m-%d %H:%M} UTC"
        if self.word is None:
            notice = f"judged under override {override.id} {until}"
        else:
            from scanner.store import Store

            Store(home).record_override(override)
            notice = f"recorded as override {override.id} {until}"
        verdict = replace(result.verdict, notices=(*result.verdict.notices, notice))
        return replace(result, verdict=verdict)


def _recorded(home: Path, identifier: str) -> Override:
    from scanner.store import Store

    for override in Store(home).overrides():
        if override.id == identifier:
            return override
    raise PolicyError("there is no override of that id", "see them with: scan overrides")


def _completed(pack: Pack, said: Declaration) -> Declaration:
    """Ask for what is missing; words typed at a prompt stand in no list of processes."""
    if not sys.stdin.isatty():
        return said
    from scanner.policy.overrides import basis_named, unanswered

    basis = basis_named(pack, said.basis)
    click.echo(f"{basis.title} ({basis.clause})", err=True)
    answers = {
        name: click.prompt(f"{basis.fields[name].ask}  {name}", err=True)
        for name in unanswered(basis, said.fields)
    }
    because = said.because or click.prompt("Why, in a sentence", err=True)
    return replace(said, fields={**said.fields, **answers}, because=because)


def _kept(context: click.Context, option: click.Parameter, value: object) -> None:
    context.meta.setdefault(_META, {})[option.name] = value


def _answers(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> None:
    fields = {}
    for value in values:
        name, equals, answer = value.partition("=")
        if not equals:
            raise click.BadParameter("write it as NAME=ANSWER", context, option)
        fields[name.strip().casefold()] = answer
    _kept(context, option, fields)


def _option(flag: str, name: str, text: str, **settings: Any) -> Callable[[Command], Command]:  # noqa: ANN401 - click's own
    settings = {"callback": _kept, **settings}
    return click.option(flag, name, help=text, expose_value=False, **settings)


_OPTIONS = (
    _option(
        "--basis",
        "word",
        "Declare why this may be told without consent, such as danger, law, child, "
        "participation, misuse or police: the words are the pack's. `scan explain danger` "
        "says what that one asks for.",
        metavar="WORD",
    ),
    _option(
        "--because",
        "because",
        "The reason, in a sentence. Left out on a terminal, it is asked for.",
        metavar="TEXT",
        default="",
    ),
    _option(
        "--field",
        "fields",
        'What the basis asks for, such as --field activity="field trip"; repeatable.',
        multiple=True,
        metavar="NAME=ANSWER",
        callback=_answers,
    ),
    _option(
        "--needs",
        "needs",
        "The purpose needs the quoted history or the attachments too.",
        multiple=True,
        type=click.Choice(_NEEDS),
    ),
    _option(
        "--care",
        "care",
        "Against a refusal: what care asks for. Goes with --confidentiality.",
        metavar="TEXT",
        default="",
    ),
    _option(
        "--confidentiality",
        "confidentiality",
        "Against a refusal: what speaks for keeping it.",
        metavar="TEXT",
        default="",
    ),
    _option("--renew", "renews", "The override that this continues.", metavar="ID", default=""),
    _option(
        "--override",
        "reused",
        "Judge under an override that is recorded and has not ended.",
        metavar="ID",
        default="",
    ),
)


def basis_options(command: Command) -> Command:
    """Add --basis and what goes with it; ``Basis.declared`` tells what they say."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
