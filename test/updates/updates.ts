/** A text of a file, and what stands there instead. */
export type Edit = readonly [file: string, text: string, instead: string];

/** A change of the configuration that somebody deploys over what runs. */
export interface Update {
  readonly title: string;
  /** What runs: the project with these edits. */
  readonly earlier: readonly Edit[];
  /** What is deployed over it: the project with these. */
  readonly later: readonly Edit[];
  /** Types of what the update replaces, each as often as it does. */
  readonly replaces: readonly string[];
}

const DEV = 'lib/config/dev.ts';
const tagged: Edit = [DEV, "costCenter: 'platform' }", "costCenter: 'elsewhere' }"];
const nameless: Edit = [DEV, '  domain: {\n', '  domainForLater: {\n']; // which is no field, so nobody reads it

const renamed: readonly Edit[] = [
  [DEV, "api: 'api-dev.platform.com',", "api: 'api.elsewhere.com',"],
  [DEV, "{ name: 'api-dev.platform.com' }", "{ name: 'api.elsewhere.com' }"],
];
const opened: Edit = [DEV, 'allowedCidrs: []', "allowedCidrs: ['203.0.113.0/24']"];
const zones = (...letters: readonly string[]) =>
  `availabilityZones: [${letters.map((letter) => `'ap-southeast-1${letter}'`).join(', ')}]`;
const fourth: Edit = [DEV, zones('a', 'b', 'c'), zones('a', 'b', 'c', 'd')];
const gateways: Edit = [DEV, 'natGateways: 1', 'natGateways: 3'];
const endpoints: Edit = [DEV, 'endpointZones: 1', 'endpointZones: 3'];
const CERTIFICATE = 'AWS::CertificateManager::Certificate';

export const UPDATES: readonly Update[] = [
  { title: 'other tags on everything', earlier: [tagged], later: [], replaces: [] },
  { title: 'other tags, without a domain', earlier: [nameless, tagged], later: [nameless], replaces: [] },
  { title: 'a domain comes later', earlier: [nameless], later: [], replaces: [] },
  { title: 'Grafana becomes public', earlier: [], later: [opened], replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'Grafana is closed again', earlier: [opened], later: [], replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'another name in another zone', earlier: [], later: renamed, replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'a fourth zone', earlier: [], later: [fourth], replaces: [] },
  { title: 'NAT gateways and endpoints in every zone', earlier: [], later: [gateways, endpoints], replaces: [] },
];
