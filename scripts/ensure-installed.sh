#!/bin/sh
# Installs what package-lock.json names, only where it is missing or older than the lock file.
# Everything goes to standard error: standard output belongs to the command that follows.
set -eu
cd "$(dirname "$0")/.."

is_installed() {
  [ -x node_modules/.bin/node ] && [ -f node_modules/.package-lock.json ] &&
    ! [ package-lock.json -nt node_modules/.package-lock.json ]
}

is_installed && exit 0
if [ -L node_modules ]; then
  echo "node_modules is a link: what it leads to is not this folder's to install" >&2
  exit 0
fi

# npm ci begins by deleting: two at once leave half a tree. Who comes second waits, and looks again.
lock=.npm-ci.lock
until mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then rm -rf "$lock"; else sleep 1; fi
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT INT TERM
is_installed && exit 0
echo "installing dependencies (once) ..." >&2
npm ci --no-audit --no-fund --loglevel=error >&2
