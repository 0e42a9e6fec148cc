"""Drawings of the book that a textbook would have; a module for each subject."""
