"""The overview screen: a dataset's contents, the decisions, its coverage."""
