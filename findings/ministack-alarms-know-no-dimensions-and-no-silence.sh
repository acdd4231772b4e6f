#!/usr/bin/env bash
# MiniStack 1.5.33, alarms of CloudWatch.
#
# Guess: an alarm hears the metric that it names, with its dimensions, and `TreatMissingData: breaching` lets it go off in silence.
# Seen: dimensions are left out, so a busy database sets off the alarms of all databases; and an alarm is looked at only when
# somebody puts a datum, so silence changes nothing: a heartbeat that stops leaves its alarm OK.
set -eu
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BIND_HOST=127.0.0.1 GATEWAY_PORT=$port HOME=$folder env/bin/python -m ministack >log 2>&1 &
server=$!
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=eu-west-1
for _ in $(seq 120); do
  python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && break
  sleep 1
done

cat >alarms.py <<'PY'
import time

import boto3

cloudwatch = boto3.client("cloudwatch")
database = lambda name: [{"Name": "DBInstanceIdentifier", "Value": name}]
for name in ("busy", "idle"):
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="AWS/RDS", MetricName="CPUUtilization", Dimensions=database(name), Statistic="Maximum",
        Period=60, EvaluationPeriods=1, Threshold=80, ComparisonOperator="GreaterThanThreshold")
cloudwatch.put_metric_alarm(
    AlarmName="heartbeat", Namespace="Own", MetricName="Beats", Statistic="Sum", Period=10, EvaluationPeriods=1,
    Threshold=1, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching")
for name, value in (("busy", 95), ("idle", 5)):
    datum = {"MetricName": "CPUUtilization", "Dimensions": database(name), "Value": value}
    cloudwatch.put_metric_data(Namespace="AWS/RDS", MetricData=[datum])
cloudwatch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "Beats", "Value": 1}])
time.sleep(25)  # two periods and a half without a beat
print(*sorted(f"{alarm['AlarmName']}={alarm['StateValue']}" for alarm in cloudwatch.describe_alarms()["MetricAlarms"]))
PY
seen=$(env/bin/python alarms.py)
echo "$seen"
[ "$seen" = 'busy=ALARM heartbeat=OK idle=ALARM' ] || { echo 'changed'; exit 1; }
echo 'ok: MiniStack 1.5.33 alarms for an idle database, and not for a silent heartbeat'
