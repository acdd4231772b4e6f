import { parse } from 'yaml';
import { alertmanagerConfig } from '../../lib/kubernetes/alertmanager/config';
import { LONGEST_MESSAGE, SNS_LIMITS } from '../../lib/kubernetes/alertmanager/messages';
import { ALERTS } from '../../lib/kubernetes/prometheus/rules';

interface Route {
  readonly matchers: readonly string[];
  readonly receiver: string;
  readonly continue?: boolean;
}

const topic = { arn: 'arn:aws:sns:eu-north-1:111111111111:topic', slack: false };
const routes: readonly Route[] = parse(
  alertmanagerConfig({
    topics: { critical: topic, warning: topic },
    heartbeatTopicArn: topic.arn,
    region: 'eu-north-1',
  }),
).route.routes;

/** Who is told of an alert, as Alertmanager goes through its routes. */
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
  expect(LONGEST_MESSAGE).toBeLessThan(SNS_LIMITS.messageBytes - 1024);
});
