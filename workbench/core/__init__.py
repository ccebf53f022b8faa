"""The domain, pure: same input, same output; no screen, no terminal, no network."""
