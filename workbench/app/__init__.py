"""The terminal workbench: screens over the jobs, without domain logic of their own."""
