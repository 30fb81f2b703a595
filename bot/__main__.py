"""Command line entry point `python -m bot`: builds the typer app and turns errors into sentences and exit codes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final

import typer

from bot import errors, logs
from bot.bootstrap import context
from bot.bootstrap.platforms import PLATFORMS, Platforms
from bot.cli import installation, papers
from bot.cli.papers import FREE_TEXT_COMMANDS
from bot.ports.commands import Command
from bot.ports.platforms import CliContext

log = logging.getLogger(__name__)

EXIT_CODES: Final = (
    (errors.Locked, 3),
    (errors.Refused, 4),
    (errors.Misconfigured, 2),
    (errors.Mistake, 2),
    (errors.UnusableStore, 2),
    (errors.BroadsheetError, 1),
)
"""0 is done, 1 failed; a restart does not help with 2 wrong usage or a database that has to be restored, 3 another
instance runs, 4 refused by a platform."""


def build_cli(platforms: Platforms = PLATFORMS) -> typer.Typer:
    """Return the command line, with a group for each platform that has commands."""
    app = typer.Typer(
        help="Broadsheet: the daily paper for people who read papers.",
        epilog="Without anything set up, `python -m bot run` opens a workspace in the browser with a sample.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_show_help)
    for name, command in (installation.COMMANDS | papers.COMMANDS).items():
        # A word such as -robot is part of a topic, not an option.
        context_settings = {"ignore_unknown_options": name in FREE_TEXT_COMMANDS}
        app.command(name, short_help=_extract_first_sentence(command.__doc__ or ""), context_settings=context_settings)(
            command
        )
    cli_context: CliContext[Any] = CliContext(partial(context.load_settings, platforms), _list_chat_commands)
    for platform in platforms:
        if platform.build_cli:
            app.add_typer(platform.build_cli(cli_context), name=platform.name)
    return app


def _list_chat_commands() -> Sequence[Command]:
    from bot.commands.table import build_declared_table  # noqa: PLC0415  the command line starts without it

    return build_declared_table().list_commands()


def _extract_first_sentence(text: str) -> str:
    """Return the first sentence whole: a list of commands would cut it at its width."""
    return f"{text.partition('.')[0]}."


def _show_help(
    typer_context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Broadsheet: the daily paper for people who read papers."""
    if version:
        typer.echo(f"Broadsheet {context.VERSION}")
        raise typer.Exit
    if typer_context.invoked_subcommand is None:
        typer.echo(typer_context.get_help())
        raise typer.Exit(code=2)


def main() -> int:
    """Run the command line; return its exit code. Errors are one sentence on stderr."""
    try:
        return int(build_cli()(standalone_mode=False) or 0)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the outermost boundary: a person reads what follows
        return _report_error(error)


def _report_error(error: BaseException) -> int:
    """Say what went wrong and return the exit code for it."""
    if isinstance(error, typer.TyperException):
        message = getattr(error, "format_message", error.__str__)().replace("Value error, ", "")
        full_stop = "" if message.endswith(("?", ")")) else "."
        return _print_error(f"{message.rstrip('.')}{full_stop} See: python -m bot --help", 2)
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return _print_error("Stopped.", 1)
    if isinstance(error, errors.BroadsheetError):
        example = getattr(error, "example", "")
        code = next(code for kind, code in EXIT_CODES if isinstance(error, kind))
        return _print_error(f"{error}{f' For example: {example}' if example else ''}", code)
    reference = errors.log_failure(log, "The program failed", error)
    return _print_error(
        f"That failed in a way that it should not. Reference {reference}: see {logs.LOG_FILE} in DATA_DIR.", 1
    )


def _print_error(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
