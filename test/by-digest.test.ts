import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { upstreamImages } from '../lib/model/images';
import { SERVICE_NAMES } from '../lib/model/names';
import { BY_NAME, digestsIn, namedOnly } from './by-digest';
import { environment, environments, pipeline } from './fixtures';
import { SAMPLES } from './sample';
import { assembly, oncePipeline, sample } from './synth';

const withoutRegistry = (image: string) => image.replace(/^\d{12}\.dkr\.ecr\.[^/]+\//, '');

const stacksOf = ({ stacks, nestedAssemblies }: CloudAssembly) => [
  ...stacks,
  ...nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks),
];

const namesIn = (of: CloudAssembly): readonly string[] => [
  ...new Set(stacksOf(of).flatMap(({ template }) => namedOnly(template.Resources ?? {}).map(withoutRegistry))),
];

const SUBJECTS: readonly (readonly [string, () => CloudAssembly])[] = [
  ...environments.map(({ name }) => [name, () => assembly(name)] as const),
  ...pipeline.stages.map(({ environment: name }) => [`the pipeline of ${name}`, () => oncePipeline(name)] as const),
  ...Object.keys(SAMPLES).map((name) => [`the sample ${name}`, () => sample(name as keyof typeof SAMPLES)] as const),
];

test.each(SUBJECTS)('%s refers to nothing by a name that somebody else may move', (_, of) => {
  expect(namesIn(of()).filter((name) => BY_NAME[name] === undefined)).toEqual([]);
});

test('every image that an environment runs is looked at', () => {
  const { cluster, tenants } = environment('prod');
  const found = stacksOf(assembly('prod')).flatMap(({ template }) => [
    ...digestsIn(template.Resources ?? {}),
    ...namedOnly(template.Resources ?? {}),
  ]);
  const others = Object.keys(upstreamImages(cluster.kubernetesVersion));
  const suspended = tenants.some(({ status }) => status === 'suspended');
  for (const name of [...SERVICE_NAMES, ...others.filter((other) => suspended || other !== 'kubectl')])
    expect([name, found.some((image) => image.includes(`/platform/${name}:`))]).toEqual([name, true]);
});

const DIGEST = `@sha256:${'a'.repeat(64)}`;
const pod = (image: string) => JSON.stringify([{ kind: 'Pod', spec: { containers: [{ image }] } }]);
const resource = (Type: string, Properties: object) => ({ Resource: { Type, Properties } });
const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';
const CHART = 'Custom::AWSCDK-EKS-HelmChart';

test.each([
  ['an image by its tag', resource(MANIFEST, { Manifest: pod('docker.io/a/b:1') }), ['docker.io/a/b:1']],
  ['an image by nothing', resource(MANIFEST, { Manifest: pod('quay.io/a/b') }), ['quay.io/a/b']],
  ['an image by its digest', resource(MANIFEST, { Manifest: pod(`docker.io/a/b:1${DIGEST}`) }), []],
  [
    'an image whose registry a deployment knows',
    resource(MANIFEST, {
      Manifest: {
        'Fn::Join': [
          '',
          [
            '[{"image":"',
            { Ref: 'AWS::AccountId' },
            '.dkr.ecr.',
            { Ref: 'AWS::Region' },
            '.',
            { Ref: 'AWS::URLSuffix' },
            '/a:1"}]',
          ],
        ],
      },
    }),
    ['000000000000.dkr.ecr.eu-north-1.amazonaws.com/a:1'],
  ],
  [
    'the image of a chart',
    resource(CHART, { ChartAssetURL: 's3://b/k', Values: '{"image":{"repository":"docker.io/a/b","tag":"v1"}}' }),
    ['docker.io/a/b:v1'],
  ],
  [
    'the image of a chart by its digest',
    resource(CHART, {
      ChartAssetURL: 's3://b/k',
      Values: `{"image":{"repository":"docker.io/a/b","tag":"v1${DIGEST}"}}`,
    }),
    [],
  ],
  [
    'a chart of a repository',
    resource(CHART, { Repository: 'https://charts.example', Chart: 'c', Version: '1.2.3' }),
    ['chart https://charts.example/c:1.2.3'],
  ],
  [
    'a build in an image',
    resource('AWS::CodeBuild::Project', { Environment: { Image: 'docker.io/a/b:1' } }),
    ['docker.io/a/b:1', 'docker.io/a/b:1'],
  ],
  [
    'a function in an image',
    resource('AWS::Lambda::Function', { Code: { ImageUri: 'public.ecr.aws/a/b:1' } }),
    ['public.ecr.aws/a/b:1'],
  ],
])('finds %s', (_, resources, found) => {
  expect(namedOnly(resources)).toEqual(found);
});
