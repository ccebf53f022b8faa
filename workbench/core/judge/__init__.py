"""A second reader of samples: what a model is asked about them, and what follows from its answers.

A judge tells whether calls do what a query asks; a repairer writes failing samples anew. Both are
models: what they say is read with distrust, checked, and never applied by itself.
"""
