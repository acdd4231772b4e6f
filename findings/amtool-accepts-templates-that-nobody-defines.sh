#!/usr/bin/env bash
# Alertmanager 0.34.2, `amtool check-config`.
#
# Guess: a configuration whose notification names a template that no file defines does not pass, nor one whose template files are
# not there: amtool reads the templates and says how many it found.
# Seen: it counts patterns, not files, and reads no receiver's text. Both faults pass; the notification then fails when it is sent,
# at the first alert. amtool's own `template render` refuses the same text.
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module it

go 1.26.0
MOD
go get github.com/prometheus/alertmanager/cmd/amtool@v0.34.2 >go.log 2>&1
go build -o amtool github.com/prometheus/alertmanager/cmd/amtool

cat >alertmanager.yaml <<'YAML'
route: { receiver: topic }
receivers:
  - name: topic
    sns_configs:
      - topic_arn: arn:aws:sns:eu-west-1:123456789012:alerts
        sigv4: { region: eu-west-1 }
        message: '{{ template "platform.message" . }}'
templates: ['missing/*.tmpl', 'missing.tmpl']
YAML
check=$(./amtool check-config alertmanager.yaml && echo passes || echo fails)
echo "$check"
echo '{{ define "another" }}text{{ end }}' >another.tmpl
render=$(./amtool template render --template.glob='*.tmpl' --template.text='{{ template "platform.message" . }}' 2>&1 && echo passes || echo fails)
echo "$render"
[ "${check##*$'\n'}" = passes ] && [ "${render##*$'\n'}" = fails ] && grep -q '2 templates' <<<"$check" || { echo 'changed'; exit 1; }
echo 'ok: amtool of Alertmanager 0.34.2 passes what cannot be sent'
