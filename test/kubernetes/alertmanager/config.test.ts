import { parse } from 'yaml';
import { alertmanagerConfig } from '../../../lib/kubernetes/alertmanager/config';
import {
  MAX_MESSAGE_LENGTH,
  MAX_ALERTS,
  SLACK,
  SNS_LIMITS,
  SUBJECT,
  TEXT,
} from '../../../lib/kubernetes/alertmanager/messages';
import { ALERTS } from '../../../lib/kubernetes/prometheus/rules';

interface Route {
  readonly matchers: readonly string[];
  readonly receiver: string;
  readonly continue?: boolean;
}

const topic = { arn: 'arn:aws:sns:eu-north-1:111111111111:topic', slack: false };
const { route: root, receivers } = parse(
  alertmanagerConfig({
    topics: { critical: { ...topic, slack: true }, warning: topic },
    heartbeatTopicArn: topic.arn,
    region: 'eu-north-1',
  }),
);
const routes: readonly Route[] = root.routes;

/** Receivers of an alert, by Alertmanager's routes. */
const told = (labels: Readonly<Record<string, string>>): readonly string[] => {
  const matching = routes.filter(({ matchers }) =>
    matchers.every((matcher) => {
      const [name, value] = matcher.split('=');
      return JSON.stringify(labels[name!]) === value;
    }),
  );
  const last = matching.findIndex((route) => !route.continue);
  return matching.slice(0, last + 1).map(({ receiver }) => receiver);
};

test('an alert is told to its severity, and that one topic fails, to the other one too', () => {
  for (const { alert, severity } of Object.values(ALERTS).flat()) {
    const others: Readonly<Record<string, readonly string[]>> = {
      Watchdog: ['heartbeat'],
      NotificationsFail: ['warning', 'critical'],
    };
    expect([alert, told({ alertname: alert, severity })]).toEqual([alert, others[alert] ?? [severity]]);
  }
});

test('the longest message is one that SNS takes, with room for an attribute', () => {
  expect(MAX_MESSAGE_LENGTH).toBeLessThan(SNS_LIMITS.messageBytes - 1024);
});

describe.each([
  ['the subject', SUBJECT],
  ['the text of e-mails', TEXT],
  ['the text of Slack', SLACK],
])('%s does not grow with a group', (_, template) => {
  const CUT = String.raw`\| printf "%\.(\d+)s"`;
  const actions = [...template.matchAll(/\{\{ (.*?) \}\}/g)].map(([, action]) => action!);

  test('each text that an alert or a group brings is cut', () => {
    const uncut = actions
      .filter((action) => !new RegExp(`${CUT}(?: \\| toJson)?$`).test(action))
      .map((action) => action.replaceAll(new RegExp(`\\([^()]*${CUT}\\)`, 'g'), ''))
      .filter((action) => /\.(?:\w*Labels|\w*Annotations|\w*URL|Receiver|Values|Fingerprint)\b/.test(action));
    expect(uncut).toEqual([]);
  });

  test('so many alerts are shown, and no more', () => {
    const bodies = template.split(/\{\{ range [^}]*\}\}/).slice(1);
    expect(bodies.filter((body) => !body.startsWith(`{{ if lt $i ${MAX_ALERTS} }}`))).toEqual([]);
  });

  test('all that is cut together, each character as long as JSON may write it, is less than SNS takes', () => {
    const characters = [...template.matchAll(new RegExp(CUT, 'g'))].reduce((sum, [, most]) => sum + Number(most), 0);
    expect(characters).toBeGreaterThan(0);
    expect(MAX_ALERTS * (6 * characters + template.length)).toBeLessThan(SNS_LIMITS.messageBytes - 1024);
  });
});

test('a subject is one line of ASCII, and short enough', () => {
  expect(SUBJECT).toMatch(/ \| reReplaceAll "\[\^ -~\]\+" " " \| printf "%\.99s" \}\}$/);
  expect(SUBJECT.match(/\{\{/g)).toHaveLength(1);
  expect(SUBJECT.startsWith('{{')).toBe(true);
});

test('every receiver has a subject and a text that do not grow, and none of Alertmanager itself', () => {
  const sent: readonly string[] = receivers.flatMap(
    ({ sns_configs: configs }: { sns_configs: Record<string, string>[] }) =>
      configs.flatMap(({ subject, message }) => [subject ?? 'default', message ?? 'default']),
  );
  const fixed = ['Heartbeat of Alertmanager', 'Alerts of Prometheus reach AWS.'];
  expect(sent).toEqual([SUBJECT, SLACK, SUBJECT, TEXT, ...fixed]);
});
