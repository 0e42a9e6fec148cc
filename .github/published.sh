#!/usr/bin/env bash
# What is published, as one commit on the branch `published`, with no history that would grow.
#   published.sh fetch FOLDER    put it into a new folder; make none if nothing was published yet
#   published.sh store FOLDER    let the folder take its place
set -euo pipefail
branch=published

fetch() {
    local status=0
    git ls-remote --exit-code --heads origin "$branch" >/dev/null || status=$?
    if [[ $status == 2 ]]; then return; fi # there is no such branch
    if [[ $status != 0 ]]; then
        echo "It is not known what was published before, so nothing is published now." >&2
        exit "$status"
    fi
    git fetch --quiet --depth=1 origin "$branch"
    mkdir "$1"
    git archive FETCH_HEAD | tar --extract --directory="$1"
}

store() {
    local tree commit
    export GIT_INDEX_FILE GIT_AUTHOR_NAME=publish GIT_AUTHOR_EMAIL=publish@localhost
    export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
    GIT_INDEX_FILE=$(mktemp --dry-run)
    GIT_DIR=$(git rev-parse --absolute-git-dir)
    export GIT_DIR
    (cd "$1" && git --work-tree=. add --all --force .)
    tree=$(git write-tree)
    commit=$(git commit-tree -m "Publish the book" "$tree")
    git push --quiet --force origin "$commit:refs/heads/$branch"
    rm "$GIT_INDEX_FILE"
}

"$@"
