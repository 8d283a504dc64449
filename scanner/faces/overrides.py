"""`scan overrides`: which bases were declared, what must be renewed, who declares many."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from scanner.faces.options import Session, desk_options, format_option
from scanner.model import Override


@click.command()
@format_option(help="How the list is written.")
@desk_options
@click.pass_obj
def overrides(session: Session, output: str, pack: str | None) -> None:
    """List the bases that were declared with `scan check --basis`, and what is due.

    The reasons stay in the store. A sender is a number: nobody is named. Whoever declares
    more than the pack takes for rare is to be reviewed.

    \b
      scan overrides
      scan draft.eml --basis danger --renew 5f0c12ab34de
    """
    from scanner.policy import load_pack
    from scanner.policy.overrides import override_rates, overrides_to_renew
    from scanner.store import Store

    config, now = session.config(), datetime.now(UTC)
    chosen = load_pack(pack or config.pack, config.policy_folders)
    found = Store(session.home).overrides()
    due = {override.id for override in overrides_to_renew(found, now)}
    rates = override_rates(found, chosen, now)
    if output == "json":
        data = {
            "overrides": [_data(override, override.id in due) for override in found],
            "rates": [
                {"sender": rate.sender, "count": rate.count, "review": rate.above} for rate in rates
            ],
        }
        click.echo(json.dumps(data, indent=1))
        return
    click.echo("\n".join(_lines(found, due, now)) or "no basis was ever declared")
    days = chosen.tables.overrides.days
    for rate in rates:
        if rate.above:
            click.echo(f"review: sender {rate.sender} declared {rate.count} bases in {days} days")


def _lines(found: Sequence[Override], due: set[str], now: datetime) -> list[str]:
    return [
        f"{each.id}  {each.basis:<13} {each.clause:<4} {each.pack} {each.version}  "
        f"sender {each.sender}  declared {each.declared_at:%Y-%m-%d %H:%M}  "
        f"{'ended' if each.expires_at <= now else 'ends'} {each.expires_at:%Y-%m-%d %H:%M} UTC"
        + ("  renew it" if each.id in due else "")
        for each in found
    ]


def _data(override: Override, due: bool) -> dict[str, object]:
    return {
        "id": override.id,
        "basis": override.basis,
        "clause": override.clause,
        "pack": override.pack,
        "version": override.version,
        "sender": override.sender,
        "declared_at": override.declared_at.isoformat(),
        "expires_at": override.expires_at.isoformat(),
        "renews": override.renews,
        "renew": due,
    }
