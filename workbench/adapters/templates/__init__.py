"""Jinja2 templates in a sandbox: prompts and chat templates."""
