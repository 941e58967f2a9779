"""What a command is."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass

# Before Python 3.14, argparse takes -1e-3 for an option.
NEGATIVE_NUMBER = re.compile(r"-(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the line: what its help says, its options, and the function that runs it."""

    name: str
    summary: str
    """One line, for the list of commands."""
    description: str
    notes: str
    """What follows the options: examples above all."""
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]

    def parser(self, line: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        """Add the command's parser to the line's."""
        parser = line.add_parser(
            self.name,
            help=self.summary,
            description=self.description,
            epilog=self.notes,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser._negative_number_matcher = NEGATIVE_NUMBER
        parser.set_defaults(run=self.run)
        self.configure(parser)
