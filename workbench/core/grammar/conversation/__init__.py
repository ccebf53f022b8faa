"""Conversations: a walk through what people go on to say, run on the simulated car as it goes.

What is wished fixes the calls, the car fixes their results, and both fix what a reply has to say.
"""
