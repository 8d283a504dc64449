"""`scan filter`: one mail on standard input, judged by its envelope, for any mail server."""

from __future__ import annotations

import os
import sys
from datetime import date

import click
from typing_extensions import override

from scanner.errors import StudentXError
from scanner.faces.options import Session, config_option, home_option, pack_option, today_option
from scanner.faces.saying import say

SENDER_VARIABLE = "STUDENT_X_SENDER"
RECIPIENTS_VARIABLE = "STUDENT_X_RECIPIENTS"
DEFERRED = 75  # EX_TEMPFAIL
# EX_DATAERR, EX_UNAVAILABLE, EX_NOPERM; an urgent message that some may not have is refused
# at once, for no filter can keep it from them alone.
_CODES = {"anonymise": 65, "hold": 69, "block": 77, "urgent": 77}


class _Misused(click.UsageError):
    exit_code = DEFERRED


class _Filter(click.Command):
    """A command whose usage errors defer: a wrong line in a mail server's config loses no mail."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _Misused(error.message, ctx) from None


@click.command(
    "filter",
    cls=_Filter,
    epilog="Exit code (sysexits): 0 the message may go and stands on standard output, 65 send "
    "the anonymised copy instead, 69 hold it for a person, 77 refuse it, 75 anything of ours "
    "failed, try again.",
)
@click.option("-f", "sender", metavar="SENDER", help="Envelope sender ('' for none).")
@click.argument("recipients", nargs=-1, metavar="[RCPT]...")
@click.option("--rewrite", is_flag=True, help="Write the anonymised copy where one would do.")
@today_option
@pack_option
@config_option
@home_option
@click.pass_obj
def filter_(
    session: Session,
    sender: str | None,
    recipients: tuple[str, ...],
    rewrite: bool,
    today: date,
    pack: str | None,
) -> int:
    """Judge the mail on standard input and write it to standard output if it may go.

    For mail servers that have no milters; Postfix and Sendmail have: see scan gateway milter,
    which keeps its models loaded and is a hundred times as fast.

    \b
      scan filter -f t.okell@larkfield.example -- b.ravn@larkfield.example < draft.eml

    Arguments can be read by everybody on the machine. Better name sender and recipients in
    the environment, as STUDENT_X_SENDER and STUDENT_X_RECIPIENTS (parted by blanks).
    """
    named = recipients or os.environ.get(RECIPIENTS_VARIABLE, "").split()
    if not named:
        say(
            "nobody is named who would receive it",
            f"give the recipients, or set {RECIPIENTS_VARIABLE}",
        )
        return DEFERRED
    if sender is None:
        sender = os.environ.get(SENDER_VARIABLE, "")
    try:
        return _filtered(session, sender, tuple(named), rewrite, today, pack)
    except StudentXError as error:
        say(error.message)
        return DEFERRED
    except Exception as error:  # its words may quote the mail
        say(f"an internal fault ({type(error).__name__})")
        return DEFERRED


def _filtered(
    session: Session,
    sender: str,
    recipients: tuple[str, ...],
    rewrite: bool,
    today: date,
    pack: str | None,
) -> int:
    from scanner.gateway.answers import advice
    from scanner.gateway.judging import Course, rule
    from scanner.gateway.mail import Envelope
    from scanner.remote import RemoteScanner

    with RemoteScanner(session.config(), session.home, pack) as remote:
        data = sys.stdin.buffer.read()
        envelope = Envelope(os.fsencode(sender), tuple(map(os.fsencode, recipients)))
        ruling = remote.call(rule, len(data), data, envelope, today, rewrite=rewrite)
    if ruling.course in (Course.SEND, Course.REWRITE) or ruling.goes_to_all:
        sys.stdout.buffer.write(data if ruling.copy is None else ruling.copy)
        sys.stdout.buffer.flush()
        return 0
    click.echo("\n".join(advice(ruling)), err=True)
    return _CODES[ruling.course.value]
