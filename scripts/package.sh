#!/bin/sh
# The artefacts of the functions. The bundler leaves its build folders in the temporary folder: in one of our own they go with it.
set -eu
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
TMPDIR=$own osls package "$@"
