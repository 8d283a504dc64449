"""The click group `scan`; `scan draft.eml` is `scan check draft.eml`."""

from __future__ import annotations

import sys

import click
from click_default_group import DefaultGroup

from scanner.errors import StudentXError, place_of
from scanner.faces.anonymise import anonymise
from scanner.faces.audit import audit
from scanner.faces.check import check
from scanner.faces.circle import circle
from scanner.faces.consent import consent
from scanner.faces.explain import explain
from scanner.faces.filter import filter_
from scanner.faces.fix import fix
from scanner.faces.gateway import gateway
from scanner.faces.held import held
from scanner.faces.letter import letter
from scanner.faces.options import Session, home_option
from scanner.faces.overrides import overrides
from scanner.faces.registers import registers
from scanner.faces.saying import say
from scanner.faces.todo import todo
from scanner.faces.watch import watch

ERROR = 1


@click.group(
    cls=DefaultGroup,
    default="check",
    default_if_no_args=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="student-x", prog_name="scan")
@home_option
@click.pass_context
def scan(context: click.Context) -> None:
    """Student X keeps students' confidences.

    It finds who is a student, what is told about them and who would learn it, and says send,
    anonymise, hold or block, with the clause of the guidance.

    \b
      scan draft.eml                        judge a draft before sending it
      scan fix draft.eml -o out.eml         do what clears it, step by step
      scan anonymise draft.eml -o safe.eml  write a copy with initials for names
      scan letter consent STUDENT --to WHO  write what the guidance asks for in writing
      scan audit FOLDER --report audit.html judge every note and mail below a folder
      scan watch FOLDER                     judge drafts as they are saved
      scan registers load FOLDER            tell it who the students are
      scan consent check STUDENT --to WHOM  ask what a student agreed to
      scan todo                             what to confirm, and whom to tell
      scan held STUDENT                     what is held of a student, where and why
      scan explain outside-the-circle       what a rule says, its clause, an example
    """
    context.ensure_object(Session)


scan.add_command(check)
scan.add_command(fix)
scan.add_command(anonymise)
scan.add_command(letter)
scan.add_command(registers)
scan.add_command(consent)
scan.add_command(circle)
scan.add_command(todo)
scan.add_command(held)
scan.add_command(explain)
scan.add_command(overrides)
scan.add_command(gateway)
scan.add_command(filter_)
scan.add_command(audit)
scan.add_command(watch)


def main() -> None:
    """Run the command line; every fault becomes one sentence and an exit code."""
    try:
        code = scan.main(standalone_mode=False, prog_name="scan")
    except click.exceptions.Abort:
        code = _fail("interrupted")
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except StudentXError as error:
        code = _fail(error.message, error.hint)
    except BrokenPipeError:
        sys.stderr.close()
        code = ERROR
    except Exception as error:
        code = _fail(f"an internal fault ({type(error).__name__}{place_of(error)})")
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, hint: str = "") -> int:
    say(message, hint)
    return ERROR
