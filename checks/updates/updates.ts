import type { Edit } from '../rehearsed-copy';

/** A change of the configuration that somebody deploys over what runs. */
export interface Update {
  readonly title: string;
  /** Edits of the project that runs. */
  readonly earlier: readonly Edit[];
  /** Edits of the project that is deployed over it. */
  readonly later: readonly Edit[];
  /** The failure of the earlier project's deployment, which is then tried again with the later one. @default - it succeeds */
  readonly fails?: RegExp;
  /** Types of the resources that the update replaces, each as often as it does. */
  readonly replaces: readonly string[];
  /** AWS's reason to refuse it. @default - it is deployed */
  readonly refusal?: string;
}

const DEV = 'test/fixtures/dev.ts';
const tagged: Edit = [DEV, "costCenter: 'platform' }", "costCenter: 'elsewhere' }"];
const nameless: Edit = [DEV, '  domain: {\n', '  domain: undefined && {\n'];

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
const TENANT = 'lib/kubernetes/tenant.ts';
const lastRefused: Edit = [
  TENANT,
  "{ kind: 'ClusterRole', name: TENANT_SUSPENSION.name },",
  "{ kind: 'ClusterRole', name: '' },",
];
const CERTIFICATE = 'AWS::CertificateManager::Certificate';

/** Values that people fill in after the first deployment. */
const deployed: Edit = [
  DEV,
  '  quietHour: 17,',
  `  get deployed() {
    const { account, region, network, cluster, mysql, redis, tags } = dev;
    const { vpcCidr, podCidrs, availabilityZones } = network;
    const known = ({ instanceType, subnets, maxSize }) => ({ instanceType, subnets, maxSize });
    const { application, database, monitoring } = cluster.nodeGroups;
    return {
      ...{ account, region, vpcCidr, podCidrs, availabilityZones, serviceCidr: cluster.serviceCidr },
      ...{ mysqlEngineVersion: mysql.engineVersion, mysqlStorageGiB: mysql.storageGiB },
      redisReplicasPerShard: redis.replicasPerShard,
      nodeGroups: { application: known(application), database: known(database), monitoring: known(monitoring) },
      nodeTags: { owner: tags.owner, costCenter: tags.costCenter },
    };
  },
  quietHour: 17,`,
];
/** So much that the autoscaler adds nodes, and what lets it run. */
const busy: Edit = [
  DEV,
  `replicas: 1,
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } },`,
  `replicas: 6,
      resources: { requests: { cpu: '700m', memory: '128Mi' }, limits: { cpu: '700m', memory: '256Mi' } },`,
];
const room: readonly Edit[] = [
  [DEV, "'platform-core': { pods: 40, requests: { cpu: '2',", "'platform-core': { pods: 40, requests: { cpu: '12',"],
  [
    DEV,
    "limits: { cpu: '8', memory: '8Gi' } },\n    'platform-apps'",
    "limits: { cpu: '16', memory: '8Gi' } },\n    'platform-apps'",
  ],
];
const sized = (minSize: number, maxSize: number): Edit => [
  DEV,
  'minSize: 2, maxSize: 8 }',
  `minSize: ${minSize}, maxSize: ${maxSize} }`,
];

const VERSIONS = 'lib/model/versions.ts';
const older: Edit = [VERSIONS, "nodeImage: '1.36.", "nodeImage: '1.36.0-20260401', // 1.36."];
/** The version before, as far as a rehearsal sees it: its control plane runs what `rehearsal/kubernetes/go.mod` says. */
const row: Edit = [
  VERSIONS,
  "  '1.36': {",
  `  '1.35': {
    support: 'standard',
    standardSupportEnds: '2027-03-27',
    extendedSupportEnds: '2028-03-27',
    kubectlLayer: KubectlV36Layer,
    nodeImage: '1.35.7-20260923',
    get addons() {
      return { ...KUBERNETES_RELEASES['1.36']!.addons, 'kube-proxy': 'v1.35.3-eksbuild.1' };
    },
    images: { 'cluster-autoscaler': 'v1.35.1', kubectl: 'v1.35.7' },
  },
  '1.36': {`,
];
const before: Edit = [DEV, "kubernetesVersion: '1.36',", "kubernetesVersion: '1.35',"];
const ahead: Edit = [DEV, "kubernetesVersion: '1.36',", "kubernetesVersion: '1.36',\n    nodeVersion: '1.35',"];

export const UPDATES: readonly Update[] = [
  { title: 'other tags on everything', earlier: [tagged], later: [], replaces: [] },
  { title: 'other tags, without a domain', earlier: [nameless, tagged], later: [nameless], replaces: [] },
  { title: 'a domain comes later', earlier: [nameless], later: [], replaces: [] },
  { title: 'Grafana becomes public', earlier: [], later: [opened], replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'Grafana is closed again', earlier: [opened], later: [], replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'another name in another zone', earlier: [], later: renamed, replaces: [CERTIFICATE, CERTIFICATE] },
  { title: 'a fourth zone', earlier: [], later: [fourth], replaces: [] },
  { title: 'NAT gateways and endpoints in every zone', earlier: [], later: [gateways, endpoints], replaces: [] },
  {
    title: 'more nodes at most',
    earlier: [busy, ...room, sized(3, 17)], // one in each zone, so that what is spread evenly is before more come
    later: [...room, sized(3, 20), deployed],
    replaces: [],
  },
  {
    title: 'another node image and other sizes',
    earlier: [older],
    later: [sized(2, 12)],
    replaces: [],
    refusal: 'Version and ReleaseVersion updates cannot be combined with other updates: ReleaseVersion, ScalingConfig',
  },
  { title: 'a minor version', earlier: [row, before], later: [row], replaces: [] },
  {
    title: 'a minor version of the control plane',
    earlier: [row, before],
    later: [row, ahead, deployed],
    replaces: [],
  },
  {
    title: 'the last object of a tenant is refused at first',
    earlier: [lastRefused],
    later: [],
    fails: /RoleBinding "tenant-suspension" is invalid: roleRef\.name: Required value/,
    replaces: [],
  },
];
