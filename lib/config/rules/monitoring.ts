import { isCidr, overlap, prefixLength } from '../cidr';
import type { MonitoringConfig } from '../monitoring-config';
import { LARGEST_VOLUME } from '../namespaces';
import { bytes } from '../quantities';
import { notAddresses, repeated, retention, unless, wholeNumber } from './unless';

/** Size of a volume that the namespaces of the platform allow, in GiB. */
const LARGEST = bytes(LARGEST_VOLUME)! / 2 ** 30;

/** Networks from which nobody comes over the internet. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

const notAllowed = (field: string, cidr: string): readonly string[] => {
  if (!isCidr(cidr))
    return [
      `${field} has "${cidr}": write a network of IPv4 like 198.51.100.0/24, without bits behind its prefix; one address is a /32`,
    ];
  if (prefixLength(cidr) < 8) return [`${field} has "${cidr}": choose /8 or smaller, of people you know`];
  return unless(
    !PRIVATE.some((network) => overlap(network, cidr)),
    `${field} has "${cidr}": it is private, and CloudFront sees public addresses, so give that of the NAT or VPN behind which people are`,
  );
};

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
        ...repeated(`${field}.emails`, emails),
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
    ...grafana.allowedCidrs.flatMap((cidr) => notAllowed('monitoring.grafana.allowedCidrs', cidr)),
    ...repeated('monitoring.grafana.allowedCidrs', grafana.allowedCidrs),
  ];
};
