"""Helper processes: their pipes, their pool, and pauses of a long loop."""
