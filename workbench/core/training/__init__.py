"""Training records and models: which samples are exported, split and written, and how answers are
scored.
"""
