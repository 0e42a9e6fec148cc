"""What runs notebooks, or reads what the build of the book has run."""
