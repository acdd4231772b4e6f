import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alertmanagerConfig } from '../../lib/kubernetes/alertmanager/config';
import { SNS_LIMITS } from '../../lib/kubernetes/alertmanager/messages';
import { run } from '../../rehearsal/src/process';

interface Templates {
  readonly amtool: string;
  readonly alertmanager: string;
  readonly signal: AbortSignal;
}

const TOPIC = 'arn:aws:sns:eu-north-1:111111111111:topic';

interface Sent {
  readonly subject: string;
  readonly message: string;
}

/** Alertmanager's texts for alerts, as its own templates make them: in the form of Slack, and of e-mail. */
const rendered = async (
  { amtool, alertmanager, signal }: Templates,
  group: readonly object[],
  commonLabels: Readonly<Record<string, string>>,
): Promise<{ readonly slack: Sent; readonly mail: Sent }> => {
  const data = join(alertmanager, 'data.json');
  writeFileSync(data, JSON.stringify({ status: 'firing', alerts: group, commonLabels }));
  writeFileSync(join(alertmanager, 'none.tmpl'), '');
  const topic = (slack: boolean) => ({ arn: TOPIC, slack });
  const { receivers } = parse(
    alertmanagerConfig({
      topics: { critical: topic(true), warning: topic(false) },
      heartbeatTopicArn: TOPIC,
      region: 'eu-north-1',
    }),
  );
  const render = async (text: string) => {
    const files = [`--template.glob=${join(alertmanager, 'none.tmpl')}`, `--template.data=${data}`];
    const printed = await run(amtool, ['template', 'render', ...files, `--template.text=${text}`], { signal });
    return printed.replace(/\n$/, ''); // which amtool adds
  };
  const [slack, mail] = await Promise.all(
    receivers.slice(0, 2).map(async ({ sns_configs: [{ subject, message }] }: { sns_configs: [Sent] }) => ({
      subject: await render(subject),
      message: await render(message),
    })),
  );
  return { slack, mail };
};

const alert = {
  status: 'firing',
  labels: { alertname: 'ServiceDown', service: 'api-gateway' },
  annotations: { summary: 'a "quoted" word', description: 'two\nlines', runbook_url: 'https://example.com/#a' },
  startsAt: '2026-01-01T00:00:00Z',
};
const labels = { alertname: 'ServiceDown', severity: 'critical', service: 'api-gateway', environment: 'prod' };

/** Messages are such as e-mail and Slack show. */
export const messages = async (subject: Templates) => {
  const { slack, mail } = await rendered(subject, [alert, alert], labels);
  assert.equal(slack.subject, 'FIRING prod critical: ServiceDown');
  const { content } = JSON.parse(slack.message);
  assert.equal(content.title, 'FIRING critical: ServiceDown');
  const once = 'a "quoted" word\ntwo\nlines\nhttps://example.com/#a\n';
  assert.equal(content.description, `${once}${once}`);
  assert.match(mail.message, /a "quoted" word\ntwo\nlines\nhttps:\/\/example.com\/#a\nsince 2026-01-01/);
};

/** Texts that take most room: of one byte that JSON writes with six, and of four bytes. */
const WIDE = ['<', '\u0001', '"', '\u{1F525}', 'é\n'];

/** However large a group is and whatever its texts are, SNS takes its messages. */
export const limits = async (subject: Templates) => {
  for (const wide of WIDE) {
    const text = wide.repeat(5000);
    const annotations = { summary: text, description: text, runbook_url: text };
    const group = Array.from({ length: 25 }, () => ({ ...alert, annotations }));
    const { slack, mail } = await rendered(subject, group, { ...labels, alertname: text });
    for (const sent of [slack, mail]) {
      assert.deepEqual(refusedBySns(sent), [], `${JSON.stringify(wide)} ${sent.subject}`);
      assert.match(sent.message, /shows the first 20 of 25 alerts/);
    }
    JSON.parse(slack.message);
  }
  const { mail } = await rendered(
    subject,
    Array.from({ length: 5000 }, () => alert),
    labels,
  );
  assert.deepEqual(refusedBySns(mail), []);
  assert.match(mail.message, /shows the first 20 of 5000 alerts/);
};

/** The parts of a message that SNS refuses. */
const refusedBySns = ({ subject, message }: Sent): readonly string[] => [
  ...(/^[\x20-\x7e]{1,99}$/.test(subject) ? [] : [`Subject ${JSON.stringify(subject)}`]),
  ...(Buffer.byteLength(message) <= SNS_LIMITS.messageBytes ? [] : [`${Buffer.byteLength(message)} bytes`]),
];
