"""How commands answer: all at once, without a traceback, and their usage errors in Chinese."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import NoReturn

import click


def refuse(sentence: str, code: int = 2) -> NoReturn:
    """One sentence where errors belong, and the end."""
    click.echo(sentence, err=True)
    sys.exit(code)


def answer(text: str) -> None:
    """Write an answer; a reader who has gone or a full disk ends it with exit code 1."""
    try:
        click.echo(text)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # What is still buffered would fail once more when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        if error.errno == errno.EPIPE:
            sys.exit(1)
        refuse(f"写不出结果（{error.strerror}）。", 1)


class Command(click.Command):
    """A command that says in Chinese how it was called wrongly."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line, or refuse it with one sentence and exit code 2."""
        try:
            return super().parse_args(ctx, args)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            refuse(f"{_what(error)}用法见 {ctx.command_path} --help。")


def _what(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            near = "、".join(error.possibilities or ())
            return f"没有选项 {error.option_name}" + (f"，是不是 {near}？" if near else "。")
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 写得不完整，或者多写了值。"
        case click.BadParameter() if error.param is not None:
            return f"{'、'.join(error.param.opts)} 的值不对。"
        case _:
            # Click has no class of its own for words that nobody asked for.
            found = re.search(r"\((.+)\)$", error.message)
            return f"多写了 {found[1]}。" if found else "命令的写法不对。"
