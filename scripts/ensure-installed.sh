#!/bin/sh
# Installs what package-lock.json names, only where it is missing or older than the lock file.
# Everything goes to standard error: standard output belongs to the command that follows.
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] && [ -f node_modules/.package-lock.json ] &&
  ! [ package-lock.json -nt node_modules/.package-lock.json ] && exit 0
echo "installing dependencies (once) ..." >&2
exec npm ci --no-audit --no-fund --loglevel=error >&2
