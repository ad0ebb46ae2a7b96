#!/usr/bin/env bash
# Lints the contracts and compares them with the released ones (released.binpb), with buf from npm.
# Run by the build (phase verify). Without npm it says so and leaves the contracts unchecked.
#   check-contracts.sh           check
#   check-contracts.sh release   make the present contracts the released ones
set -euo pipefail
cd "$(dirname "$0")"

version=1.75.0
tool=target/buf/tool
buf=$tool/node_modules/.bin/buf

if ! command -v npm >/dev/null 2>&1; then
  echo "contracts: npm is not here, lint and breaking-change check SKIPPED"
  exit 0
fi
if [ ! -x "$buf" ] || [ "$("$buf" --version 2>&1)" != "$version" ]; then
  mkdir -p "$tool"
  if ! npm install --silent --no-save --no-package-lock --prefix "$tool" "@bufbuild/buf@$version" >target/buf/npm.log 2>&1; then
    echo "contracts: npm could not install buf $version, lint and breaking-change check SKIPPED (see proto/target/buf/npm.log)"
    exit 0
  fi
fi

"$buf" lint
if [ "${1:-}" = release ]; then
  "$buf" build src/main/protobuf --exclude-source-info -o released.binpb
  echo "contracts: released.binpb written"
  exit 0
fi
"$buf" breaking src/main/protobuf --against released.binpb
echo "contracts: lint and breaking-change check passed (buf $version)"
