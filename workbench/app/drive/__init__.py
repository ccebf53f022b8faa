"""Talk to the simulated car by calls, from where a sample leaves it."""
