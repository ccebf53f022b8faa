"""Reading a query without a model: what is asked, of what, where, and with which value."""
