"""The export screen: what people signed becomes records."""
