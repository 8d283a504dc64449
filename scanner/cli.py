"""The click group `scan`; `scan draft.eml` is `scan check draft.eml`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import cast

import click
from click_default_group import DefaultGroup

from scanner.errors import StudentXError, place_of
from scanner.faces.options import Session, home_option
from scanner.faces.saying import say

ERROR = 1

# a subcommand is a module of scanner/faces, and there the function of this name
FACES = {
    "check": "check",
    "fix": "fix",
    "anonymise": "anonymise",
    "letter": "letter",
    "registers": "registers",
    "consent": "consent",
    "circle": "circle",
    "todo": "todo",
    "held": "held",
    "explain": "explain",
    "overrides": "overrides",
    "gateway": "gateway",
    "filter": "filter_",  # not to hide the built-in
    "audit": "audit",
    "watch": "watch",
}


class _Faces(DefaultGroup):  # type: ignore[misc]
    """The faces by name; each is imported when it is asked for, so that none waits for others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(FACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name if cmd_name in FACES else self.default_cmd_name
        if name not in self.commands:
            module = import_module(f"scanner.faces.{name}")
            self.add_command(getattr(module, FACES[name]))
        return cast("click.Command | None", super().get_command(ctx, cmd_name))


@click.group(
    cls=_Faces,
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
