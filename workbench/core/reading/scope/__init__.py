"""Scope: which words of a request count, before any rule looks at them.

What is taken back ("22, no wait, 23") leaves the text, and what replaces it takes its place. What
is left out ("all but mine") leaves it too, and stays as an exclusion from the places around it.
"""
