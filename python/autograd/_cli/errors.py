"""What ends a command early."""


class CommandError(Exception):
    """A message for the user, and the exit code that goes with it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
