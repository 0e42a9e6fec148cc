"""Static figures of the book's chapters."""
