"""A second reader of samples: what a model is asked about them, and what is done with its answers.

A judge says whether calls do what a query asks; a repairer rewrites failing samples. Both are
models: what they say is distrusted, checked, and never applied automatically.
"""
