"""The command line: ``python -m autograd --help``."""

import argparse
import contextlib
import os
import sys

from autograd import __version__
from autograd._cli import COMMANDS
from autograd._cli.errors import CommandError

PROGRAM = "python -m autograd"


def parser() -> argparse.ArgumentParser:
    """Make the parser of the line, with one sub-parser per command."""
    line = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Programs that compute with derivatives.",
        epilog=f"{PROGRAM} COMMAND --help describes a command, with examples.",
    )
    line.add_argument("--version", action="version", version=f"autograd-rs {__version__}")
    commands = line.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.parser(commands)
    return line


def main(argv: list[str] | None = None) -> int:
    """Run a command and return the exit code."""
    # Closed ones are None, which can be neither asked nor flushed.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  # to the end of the process
    args = parser().parse_args(argv)
    try:
        args.run(args)
        sys.stdout.flush()
    except CommandError as error:
        print(f"{PROGRAM} {args.command}: error: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        # Python would complain when it flushes at exit, if the stream has a file at all.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return 0
        print(f"{PROGRAM} {args.command}: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
