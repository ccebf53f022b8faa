"""JSON as files, services and models write it: strict, lenient, cut into slices, written."""
