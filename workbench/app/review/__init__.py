"""The review screen: the list of samples, the sample under the cursor, and what is decided."""
