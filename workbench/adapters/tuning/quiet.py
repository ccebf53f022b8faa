"""Keep the libraries' own bars, advice and warnings off the terminal."""

import logging
import warnings


def quiet() -> None:
    """Silence all but errors, for this process."""
    from datasets.utils import disable_progress_bars
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    set_verbosity_error()
    disable_progress_bar()
    disable_progress_bars()
    for name in ("trl", "peft", "accelerate"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"(torch|transformers|trl|peft|accelerate)\b")
