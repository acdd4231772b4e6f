import { isCidr, LINK_LOCAL, overlap, prefixLength } from '../../model/cidr';
import type { MonitoringConfig } from '../environment';
import { LARGEST_VOLUME } from '../../model/namespaces';
import { bytes } from '../../model/quantities';
import { repeated, unless, wholeNumber } from './unless';

/** Size of a volume that the namespaces of the platform allow, in GiB. */
const LARGEST = bytes(LARGEST_VOLUME)! / 2 ** 30;

/** Networks from which nobody comes over the internet. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', LINK_LOCAL, '172.16.0.0/12', '192.168.0.0/16'];

const notAllowed = (field: string, cidr: string): readonly string[] => {
  if (prefixLength(cidr) < 8) return [`${field} has "${cidr}": choose networks of people you know, each /8 or smaller`];
  return unless(
    !PRIVATE.some((network) => overlap(network, cidr)),
    `${field} has "${cidr}", which is private, but CloudFront sees public addresses: give the address of the NAT or VPN that people come from`,
  );
};

/** Somebody hears of each severity, each address once; volumes that the namespaces allow; networks of known people. */
export const monitoringProblems = ({ notify, prometheus, grafana }: MonitoringConfig): readonly string[] => [
  ...Object.entries(notify).flatMap(([severity, { emails, slack }]) => {
    const field = `monitoring.notify.${severity}`;
    return [
      ...unless(
        emails.length > 0 || slack !== undefined,
        `${field} notifies nobody: add an e-mail address or a Slack channel`,
      ),
      ...repeated(`${field}.emails`, emails),
    ];
  }),
  ...wholeNumber('monitoring.prometheus.volumeGiB', prometheus.volumeGiB, [1, LARGEST]),
  ...wholeNumber('monitoring.grafana.volumeGiB', grafana.volumeGiB, [1, LARGEST]),
  ...grafana.allowedCidrs.filter(isCidr).flatMap((cidr) => notAllowed('monitoring.grafana.allowedCidrs', cidr)),
  ...repeated('monitoring.grafana.allowedCidrs', grafana.allowedCidrs),
];
