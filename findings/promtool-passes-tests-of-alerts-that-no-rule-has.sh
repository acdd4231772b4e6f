#!/usr/bin/env bash
# Prometheus 3.13.5, unit tests of alerting rules with promtool.
#
# Guess: a test that names an alert which no rule has fails, or warns: somebody has renamed the alert or misspelt it.
# Seen: where the test expects no alert, it passes. After a rename, every "does not fire" test passes for ever, whatever the rule says.
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module it

go 1.26.0
MOD
go get github.com/prometheus/prometheus/cmd/promtool@v0.313.5 >go.log 2>&1
go build -tags remove_all_sd -o promtool github.com/prometheus/prometheus/cmd/promtool

cat >rules.yaml <<'YAML'
groups:
  - name: databases
    rules:
      - alert: DatabaseIsDown
        expr: mysql_up == 0
        for: 5m
YAML
passes() { # the name that the test gives the alert of a database that is down for 20 minutes
  cat >test.yaml <<YAML
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{ series: mysql_up, values: '0x20' }]
    alert_rule_test: [{ eval_time: 10m, alertname: $1, exp_alerts: [] }]
YAML
  ./promtool test rules test.yaml >"$1.log" 2>&1 && echo passes || echo fails
}
seen="$(passes DatabaseIsDown) $(passes DatabaseDown)"
echo "a test that no alert fires, of the rule that fires, and of a name that no rule has: $seen"
cat DatabaseDown.log
[ "$seen" = 'fails passes' ] || { echo 'changed'; exit 1; }
echo 'ok: promtool of Prometheus 3.13.5 passes a test of an alert that no rule has'
