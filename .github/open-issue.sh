#!/usr/bin/env bash
# Open an issue with this $TITLE that links to this run, unless one is open.
set -euo pipefail
open=$(gh issue list --state open --limit 200 --json title --jq '.[].title')
if grep --fixed-strings --line-regexp --quiet "$TITLE" <<<"$open"; then exit 0; fi
gh issue create --title "$TITLE" --body "Seen in $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID."
