#!/bin/sh
# The framework's verbs on serverless.yml: package, deploy, remove. All but the packages that somebody asked for is in a folder of its
# own and goes with it, also on Ctrl-C: several may be at work in one clone.
set -eu
cd "$(dirname "$0")/.."
own=$(mktemp -d)
trap 'rm -rf "$own"; rmdir .esbuild 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
export TMPDIR="$own"
if [ "$1" != package ]; then
  # The framework writes beside serverless.yml, which it doesn't read by a link. The rest is there by links.
  mkdir "$own/clone"
  cp serverless.yml package.json tsconfig.json "$own/clone"
  for name in functions infra src node_modules; do ln -s "$PWD/$name" "$own/clone/$name"; done
  PATH="$PWD/node_modules/.bin:$PATH"
  cd "$own/clone"
fi
osls "$@"
