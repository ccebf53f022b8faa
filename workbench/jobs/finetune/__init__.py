"""Fine-tune: from records to a model folder. Needs the extra `finetune`."""

from workbench.jobs.finetune.events import Began, Encoding, FinetuneEvent, Noticed, Saving
from workbench.jobs.finetune.options import PRESETS, FinetuneOptions, Preset
from workbench.jobs.finetune.running import Finetuned, finetune

__all__ = [
    "PRESETS",
    "Began",
    "Encoding",
    "FinetuneEvent",
    "FinetuneOptions",
    "Finetuned",
    "Noticed",
    "Preset",
    "Saving",
    "finetune",
]
