import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { PLATFORM_NAMESPACE_NAMES } from '../../lib/config/environment';
import { NAMESPACES_OF_OTHERS } from '../../lib/model/namespaces';
import { problems } from '../../lib/config/validation';
import { tenantNamespace } from '../../lib/kubernetes/tenant';
import { SAMPLES } from '../sample';
import { flat, objectsOf, propertiesOf, sample, type Json } from '../synth';

const { prod } = SAMPLES;
const KUBERNETES = join(__dirname, '..', '..', 'rehearsal', 'kubernetes');
/** Those that the API server makes: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces */
const INITIAL = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const namespacesOf = ({ kind, metadata: { name, namespace } = {}, subjects = [] }: Json): readonly string[] =>
  [kind === 'Namespace' ? name : namespace, ...subjects.map((subject: Json) => subject.namespace)].filter(Boolean);

/** Of what add-ons and charts bring. */
const brought = ['addons', 'charts'].flatMap((folder) =>
  readdirSync(join(KUBERNETES, folder))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.schema.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(KUBERNETES, folder, file), 'utf8')))
    .flatMap((document) => namespacesOf(document.toJS() ?? {})),
);

/** Of what the platform applies, installs and lets act. */
const used = () => [
  ...objectsOf(sample('prod')).flatMap(namespacesOf),
  ...sample('prod').stacks.flatMap(({ template: { Resources } }) => [
    ...propertiesOf(Resources, 'Custom::AWSCDK-EKS-HelmChart').map(({ Namespace }) => flat(Namespace)),
    ...propertiesOf(Resources, 'AWS::EKS::PodIdentityAssociation').map(({ Namespace }) => flat(Namespace)),
  ]),
];

const refused = (name: string) =>
  problems({
    ...prod,
    extraNamespaces: [{ name, team: 'qa', securityLevel: 'low', quota: prod.quotas['platform-apps'] }],
  });

test('names those that add-ons, charts and Kubernetes bring, and no other', () => {
  expect([...NAMESPACES_OF_OTHERS]).toEqual([...new Set([...INITIAL, ...brought])].toSorted());
});

test('no environment gets one of its own that somebody else has', () => {
  const taken = new Set([...NAMESPACES_OF_OTHERS, ...PLATFORM_NAMESPACE_NAMES, ...used()]);
  for (const name of taken)
    expect(refused(name)).toEqual([expect.stringMatching(`^prod: extraNamespaces has "${name}"`)]);
  expect(refused('amazon-cloudwatch')).toEqual([
    expect.stringMatching(
      /^prod: extraNamespaces has "amazon-cloudwatch", which belongs to .* an add-on: choose a name other than/,
    ),
  ]);
});

test('no tenant gets one that somebody else has', () => {
  const ofTenants = new RegExp(`^${tenantNamespace('')}`);
  expect([...NAMESPACES_OF_OTHERS, ...PLATFORM_NAMESPACE_NAMES].filter((name) => ofTenants.test(name))).toEqual([]);
});
