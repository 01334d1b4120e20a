#!/bin/sh
# The framework's verbs on serverless.yml: package, deploy, remove. The bundler leaves its build folders in the temporary folder: in
# one of our own they go with it, also on Ctrl-C.
set -eu
own=$(mktemp -d)
# The folder that is left in the clone holds nothing, unless somebody else is at work.
trap 'rm -rf "$own"; rmdir .esbuild 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
TMPDIR=$own osls "$@"
