import type { EnvironmentConfig, MonitoringConfig } from '../../../lib/config/environment';
import { problems } from '../../../lib/config/validation';
import { SAMPLES, WITH_GRAFANA } from '../../sample';

const { prod } = SAMPLES;
const watched = (change: Partial<MonitoringConfig>): EnvironmentConfig => ({
  ...prod,
  monitoring: { ...prod.monitoring, ...change },
});
const { notify, prometheus, grafana } = prod.monitoring;

const allowing = (...allowedCidrs: string[]): EnvironmentConfig => ({
  ...WITH_GRAFANA,
  monitoring: { ...prod.monitoring, grafana: { ...grafana, allowedCidrs } },
});

test.each<[string, EnvironmentConfig, RegExp]>([
  ['a runbook that is nowhere', watched({ runbookUrl: 'docs/runbook.md' }), /runbookUrl is "docs\/runbook.md": write/],
  [
    'a severity that notifies nobody',
    watched({ notify: { ...notify, critical: { emails: [] } } }),
    /monitoring.notify.critical notifies nobody/,
  ],
  [
    'an address that is none',
    watched({ notify: { ...notify, warning: { emails: ['platform-team'] } } }),
    /monitoring.notify.warning.emails has "platform-team"/,
  ],
  [
    'an address twice',
    watched({ notify: { ...notify, critical: { emails: ['a@example.com', 'a@example.com'] } } }),
    /monitoring.notify.critical.emails has "a@example.com" twice/,
  ],
  [
    'a name in place of an id of Slack',
    watched({ notify: { ...notify, critical: { emails: [], slack: { workspaceId: 'T1', channelId: '#alarms' } } } }),
    /monitoring.notify.critical.slack.channelId is "#alarms": write the id that Slack shows/,
  ],
  ['no budget', watched({ monthlyBudgetUsd: 0 }), /monthlyBudgetUsd is 0: choose 1 to 1000000000$/],
  [
    'a budget beyond all money',
    watched({ monthlyBudgetUsd: 1e300 }),
    /monthlyBudgetUsd is 1e\+300: choose 1 to 1000000000$/,
  ],
  [
    'a budget of less than a dollar',
    watched({ monthlyBudgetUsd: 1e-7 }),
    /monthlyBudgetUsd is 1e-7: choose 1 to 1000000000$/,
  ],
  ...['"', '$', '{', '}', '<', '>', ' ', '#', '\\', '`', 'é'].map((character): [string, EnvironmentConfig, RegExp] => [
    `a runbook with ${character} in its address`,
    watched({ runbookUrl: `https://example.com/run${character}book` }),
    /runbookUrl is ".*": write an address like https:\/\/example.com\/runbook, of up to 512 letters, digits and/,
  ]),
  [
    'a runbook for which no alarm has room',
    watched({ runbookUrl: `https://example.com/${'r'.repeat(493)}` }),
    /runbookUrl is "https:.*…: write an address like https:\/\/example.com\/runbook, of up to 512/,
  ],
  [
    'days that no log is kept',
    watched({ containerLogRetentionDays: 15 }),
    /containerLogRetentionDays is 15: choose a value that CloudWatch/,
  ],
  [
    'no days of metrics',
    watched({ prometheus: { ...prometheus, retentionDays: 0 } }),
    /prometheus.retentionDays is 0: choose 1 to 365/,
  ],
  ['no volume', watched({ prometheus: { ...prometheus, volumeGiB: 0 } }), /prometheus.volumeGiB is 0/],
  [
    'a volume larger than the namespaces allow',
    watched({ prometheus: { ...prometheus, volumeGiB: 101 } }),
    /prometheus.volumeGiB is 101: choose 1 to 100/,
  ],
  ['no volume of Grafana', watched({ grafana: { ...grafana, volumeGiB: 0 } }), /grafana.volumeGiB is 0/],
  [
    'a Grafana for the whole internet',
    allowing('0.0.0.0/0'),
    /allowedCidrs has "0.0.0.0\/0": choose networks of people you know, each \/8/,
  ],
  [
    'half a network of Grafana',
    allowing('198.51.100.7/24'),
    /allowedCidrs has "198.51.100.7\/24": write an IPv4 network/,
  ],
  [
    'an address without a prefix',
    allowing('198.51.100.7'),
    /allowedCidrs has "198.51.100.7": write .*; a single address is a \/32/,
  ],
  ['a network of IPv6', allowing('2001:db8::/32'), /allowedCidrs has "2001:db8::\/32": write an IPv4 network/],
  [
    'a private network',
    allowing('10.1.0.0/16'),
    /allowedCidrs has "10.1.0.0\/16", which is private, but CloudFront sees/,
  ],
  ['a network twice', allowing('198.51.100.0/24', '198.51.100.0/24'), /allowedCidrs has "198.51.100.0\/24" twice/],
])('refuses %s', (_, config, problem) => {
  expect(problems(config)).toEqual([expect.stringMatching(problem)]);
});
