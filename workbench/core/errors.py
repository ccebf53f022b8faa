"""What a user can fix: one family of exceptions, printed once, where the program ends."""

from pathlib import Path


class WorkbenchError(Exception):
    """A clear sentence naming file, place and remedy. The command line ends with `exit_code`."""

    exit_code = 1


class InputError(WorkbenchError):
    """Something given can't be used: a file, an option, a setting."""

    exit_code = 2


class SpentError(WorkbenchError):
    """The limit of `--max-cost` is reached; the same command continues with a higher one."""

    exit_code = 4


class OtherEngineError(InputError):
    """A dataset contains samples of other engines. others: their names. engine: the one meant."""

    def __init__(self, path: Path, others: list[str], engine: str) -> None:
        super().__init__(
            f"{path}: it contains samples of the engine {', '.join(others)}; add --mix to append "
            f"those of {engine}, or name another --output."
        )
        self.path, self.others, self.engine = path, tuple(others), engine
