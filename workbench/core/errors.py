"""What a user can mend: one family of exceptions, printed once at the edge of the program."""


class WorkbenchError(Exception):
    """A clear sentence naming file, place and remedy. The command line ends with `exit_code`."""

    exit_code = 1


class InputError(WorkbenchError):
    """Something given is not usable: a file, an option, a setting."""

    exit_code = 2
