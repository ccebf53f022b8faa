"""Generate samples: ask an engine until there are enough, losing nothing on the way."""
