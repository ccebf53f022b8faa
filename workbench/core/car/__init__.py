"""The car: its catalogue, what people add to it, its values and rules, and a simulation of it."""
