"""Publish records or a model as a Hugging Face folder, and upload it on request."""

from workbench.jobs.publish.options import Published, PublishOptions
from workbench.jobs.publish.publishing import publish

__all__ = ["PublishOptions", "Published", "publish"]
