"""The figures of the chapters that are longer than a screen of code."""
