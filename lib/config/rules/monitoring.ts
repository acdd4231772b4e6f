import type { MonitoringConfig } from '../environment';
import { LARGEST_VOLUME } from '../namespaces';
import { bytes } from '../quantities';
import { notAddresses, retention, unless, wholeNumber } from './unless';

/** Size of a volume that the namespaces of the platform allow, in GiB. */
const LARGEST = bytes(LARGEST_VOLUME)! / 2 ** 30;

/** Who hears of what: somebody for each severity, at addresses that are some. */
export const monitoringProblems = (monitoring: MonitoringConfig): readonly string[] => {
  const { runbookUrl, notify, monthlyBudgetUsd, containerLogRetentionDays, prometheus, grafana } = monitoring;
  return [
    ...unless(
      /^https:\/\/[^\s#]+$/.test(runbookUrl),
      `monitoring.runbookUrl is "${runbookUrl}": write an address like https://example.com/runbook, without #`,
    ),
    ...Object.entries(notify).flatMap(([severity, { emails, slack }]) => {
      const field = `monitoring.notify.${severity}`;
      return [
        ...unless(emails.length > 0 || slack !== undefined, `${field} reaches nobody: name an e-mail address or Slack`),
        ...notAddresses(`${field}.emails`, emails),
        ...unless(
          slack === undefined || (/^T[A-Z0-9]+$/.test(slack.workspaceId) && /^[CG][A-Z0-9]+$/.test(slack.channelId)),
          `${field}.slack is "${slack?.workspaceId}", "${slack?.channelId}": write the ids that Slack shows, T… and C…`,
        ),
      ];
    }),
    ...unless(monthlyBudgetUsd > 0, `monitoring.monthlyBudgetUsd is ${monthlyBudgetUsd}: choose more than 0`),
    ...retention('monitoring.containerLogRetentionDays', containerLogRetentionDays, 1),
    ...wholeNumber('monitoring.prometheus.retentionDays', prometheus.retentionDays, 1, 365),
    ...wholeNumber('monitoring.prometheus.volumeGiB', prometheus.volumeGiB, 1, LARGEST),
    ...wholeNumber('monitoring.grafana.volumeGiB', grafana.volumeGiB, 1, LARGEST),
    ...grafana.allowedCidrs
      .filter((cidr) => !/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(cidr) || Number(cidr.split('/')[1]) < 8)
      .map(
        (cidr) =>
          `monitoring.grafana.allowedCidrs has "${cidr}": write a block like 198.51.100.0/24, /8 or smaller, of people you know`,
      ),
  ];
};
