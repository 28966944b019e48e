#!/usr/bin/env bash
# Installs the public clients that tests/clients asks, at the versions it was written with, into a folder below the target folder.
# Prints the folder. Needs python3 and a package index.
set -euo pipefail
target="${CARGO_TARGET_DIR:-$(dirname "${BASH_SOURCE[0]}")/../../target}"
mkdir -p "$target"
folder="$(cd "$target" && pwd)/clients"
if [ ! -x "$folder/bin/biomcp" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check pytrials==1.0.0 biomcp-cli==0.9.3 schemathesis==4.32.5 >&2
fi
echo "$folder"
