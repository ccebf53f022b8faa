"""The overview screen: what a dataset holds, what was decided, what it covers."""
