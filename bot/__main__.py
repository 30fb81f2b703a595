"""`python -m bot …`: the command line, and the one place where its errors become sentences and exit codes."""

from __future__ import annotations

import logging
import sys
from typing import Final

import typer

from bot import errors, logs
from bot.cli import discord, machine, papers, slack
from bot.cli.papers import TAKE_WORDS

log = logging.getLogger(__name__)

EXIT_CODES: Final = (
    (errors.Locked, 3),
    (errors.Refused, 4),
    (errors.Misconfigured, 2),
    (errors.Mistake, 2),
    (errors.BroadsheetError, 1),
)
"""0 is done, 1 failed, 2 wrong usage, 3 another instance runs, 4 refused by a platform: do not restart."""


def application() -> typer.Typer:
    """Return the command line."""
    app = typer.Typer(
        help="Broadsheet: the daily paper for people who read papers.",
        epilog="Without anything set up, `python -m bot run` opens a workspace in the browser with a sample.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_help)
    for name, command in (machine.COMMANDS | papers.COMMANDS).items():
        # A word such as -robot is part of a topic, not an option.
        taking = {"ignore_unknown_options": name in TAKE_WORDS}
        app.command(name, short_help=_sentence(command.__doc__ or ""), context_settings=taking)(command)
    app.add_typer(slack.group(), name="slack")
    app.add_typer(discord.group(), name="discord")
    return app


def _sentence(text: str) -> str:
    """Return the first sentence whole: a list of commands would cut it at its width."""
    return f"{text.partition('.')[0]}."


def _help(context: typer.Context) -> None:
    """Broadsheet: the daily paper for people who read papers."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(code=2)


def main() -> int:
    """Run the command line; return its exit code. Errors are one sentence on stderr."""
    try:
        return int(application()(standalone_mode=False) or 0)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the last wall: a person reads what follows
        return _told(error)


def _told(error: BaseException) -> int:
    """Say what went wrong and return the exit code for it."""
    if isinstance(error, typer.TyperException):
        told = getattr(error, "format_message", error.__str__)().replace("Value error, ", "")
        stop = "" if told.endswith(("?", ")")) else "."
        return _say(f"{told.rstrip('.')}{stop} See: python -m bot --help", 2)
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return _say("Stopped.", 1)
    if isinstance(error, errors.BroadsheetError):
        example = getattr(error, "example", "")
        code = next(code for kind, code in EXIT_CODES if isinstance(error, kind))
        return _say(f"{error}{f' For example: {example}' if example else ''}", code)
    reference = logs.reference()
    log.error("Reference %s", reference, exc_info=error)
    return _say(f"That failed in a way that it should not. Reference {reference}: see {logs.FILE} in DATA_DIR.", 1)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
