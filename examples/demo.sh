#!/bin/sh
# Student X on a fictional college: registers, five drafts, two notes and one copy.
# Everything it stores lies in a folder that goes away at the end.
set -eu
cd "$(dirname "$0")"
STUDENT_X_HOME=$(mktemp -d)
export STUDENT_X_HOME
trap 'rm -rf "$STUDENT_X_HOME"' EXIT
cp home/config.toml "$STUDENT_X_HOME/config.toml"

# A verdict is an exit code of 10 to 12; anything else but 0 ends the demo.
show() {
    printf '\n$ %s\n' "$*"
    code=0
    "$@" || code=$?
    case $code in
        0) ;;
        10 | 11 | 12) printf '(exit code %s)\n' "$code" ;;
        *) exit "$code" ;;
    esac
}

show scan registers load registers
show scan --today 2026-11-20 drafts notes
show scan anonymise drafts/extension.eml -o "$STUDENT_X_HOME/safe.eml" --diff
show scan --today 2026-11-20 "$STUDENT_X_HOME/safe.eml"
