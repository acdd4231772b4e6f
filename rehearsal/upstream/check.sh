#!/usr/bin/env bash
# Proves every patch in this folder: its test fails with the MiniStack that the rehearsal pins, the patch applies to that MiniStack,
# and then the test passes. It takes about a minute, and installs pinned public packages in a temporary folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$here/../aws/requirements.txt"
env/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$here/requirements.txt"
cat >fixtures.py <<'PY'
# The fixtures of MiniStack's own tests/conftest.py that the tests use.
import os

import boto3
import pytest


def client(service):
    return boto3.client(service, region_name="us-east-1", endpoint_url=os.environ["MINISTACK_ENDPOINT"])


@pytest.fixture
def ec():
    return client("elasticache")


@pytest.fixture
def iam():
    return client("iam")
PY

# Runs the tests of a folder against the MiniStack in it.
tests() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export MINISTACK_ENDPOINT=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  (cd "$1" && exec env BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" HOME="$folder" DOCKER_HOST=unix:///none PYTHONPATH=. \
    ../env/bin/python -m ministack >../log 2>&1) &
  server=$!
  for _ in $(seq 120); do
    python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && break
    sleep 1
  done
  code=0
  env/bin/python -m pytest --quiet --rootdir . -p no:cacheprovider --confcutdir . "$1/tests" >"$1.out" 2>&1 || code=$?
  kill "$server" && wait "$server" 2>/dev/null || true
  return $code
}

for patch in "$here"/*.patch; do
  name=$(basename "$patch" .patch)
  mkdir "$name"
  cp -r env/lib/python3*/site-packages/ministack "$name/"
  cp fixtures.py "$name/conftest.py"
  (cd "$name" && git apply --include='tests/*' "$patch")
  if tests "$name"; then
    echo "$name: its tests pass without it" && exit 1
  fi
  grep -q ' failed' "$name.out" || { cat "$name.out" log && exit 1; }
  (cd "$name" && git apply --exclude='tests/*' "$patch")
  tests "$name" || { cat "$name.out" log && exit 1; }
  echo "$name: $(tail -n 1 "$name.out")"
done
