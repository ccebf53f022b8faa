"""Fine-tune: from records to a model folder. Needs the extra `finetune`."""

from workbench.jobs.finetune.options import PRESETS, FinetuneOptions, Preset
from workbench.jobs.finetune.running import Began, Event, Finetuned, Noticed, Saving, finetune

__all__ = [
    "PRESETS",
    "Began",
    "Event",
    "FinetuneOptions",
    "Finetuned",
    "Noticed",
    "Preset",
    "Saving",
    "finetune",
]
