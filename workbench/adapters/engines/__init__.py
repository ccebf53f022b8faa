"""What writes samples, one module for each engine; the protocol is `adapters.models.engine`."""
