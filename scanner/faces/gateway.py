"""`scan gateway`: the filter that a mail server asks about each message."""

from __future__ import annotations

import click

from scanner.errors import GatewayError
from scanner.faces.options import Session, config_option, home_option, pack_option


@click.group()
def gateway() -> None:
    """Judge mail on its way out of the mail server.

    \b
      scan gateway milter --listen unix:/var/spool/postfix/student-x/milter.sock

    docs/gateway.md has the lines for Postfix, and how held mail is released.
    """


@gateway.command(
    epilog="Signals: SIGHUP reads config, rules and registers anew (a reload that fails keeps "
    "the old ones, and says so in the log); SIGTERM lets the messages under way end. Exit code: "
    "0 ended by a signal, 1 cannot start, 2 usage."
)
@click.option(
    "--listen",
    "places",
    multiple=True,
    required=True,
    metavar="PLACE",
    help="unix:PATH or inet:HOST:PORT; may be given more than once. A Unix socket is several "
    "times as fast, and nobody else can ask there.",
)
@pack_option
@config_option
@home_option
@click.pass_obj
def milter(session: Session, places: tuple[str, ...], pack: str | None) -> None:
    """Serve as a milter for Postfix or Sendmail until SIGTERM.

    Each message is judged from its envelope recipients while the sender still waits:

    \b
      send       goes on, byte for byte
      anonymise  is returned with the advice to send the copy of `scan anonymise`
                 (or goes on with initials: [gateway] anonymise = "rewrite")
      hold       waits in the mail server's own hold queue for a person
      block      is refused, with an incident number and what to do

    A message that speaks of a danger to life goes at once to those who must act. Whatever
    fails here defers the message: the sender's mail server tries again, nothing is lost and
    nothing passes unread.

    \b
      scan gateway milter --listen unix:/var/spool/postfix/student-x/milter.sock
      scan gateway milter --listen inet:127.0.0.1:8899 --config /etc/student-x/config.toml

    Settings are under [gateway] in config.toml. The log goes to standard error as JSON.
    """
    import asyncio

    try:
        from scanner.gateway.server import Setting, place, serve
    except ModuleNotFoundError as error:
        raise GatewayError(
            f"the gateway needs the package {error.name}", "pip install 'student-x[gateway]'"
        ) from None
    setting = Setting(session.home, pack, session.config)
    asyncio.run(serve(setting, [place(text) for text in places]))
