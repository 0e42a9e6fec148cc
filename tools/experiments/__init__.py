"""Experiments that take too long for a chapter's cells, one in each module: `make sweep`.

A module has

    TITLE           one sentence that says what is tried
    GRID            a list of settings, each a dict of arguments for `run` with a "seed" among them
    LARGER          perhaps more of them, which only the option --larger runs
    NEEDS           perhaps names of libraries; if one is missing, it is run only when it is named
    run(**setting)  which returns a dict of plain numbers, texts or short lists

`tools.sweep` runs what is missing and writes rnncore/data/records/<name>.json, from which a chapter
reads with `rnncore.records.read("<name>")`.  Modules whose names begin with _ are shared by others.
"""
