"""What several test files use, and `make parity`."""
