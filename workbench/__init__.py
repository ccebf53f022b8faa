"""CarTool Workbench: make, check and export function-calling datasets for in-car assistants."""

__version__ = "0.1.0"
