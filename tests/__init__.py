"""The tests, one file for each module; `support` has what several of them use."""
