import { SERVICE_NAMES } from '../../lib/model/names';
import { SAMPLES } from '../sample';
import { imageNames } from '../../lib/model/images';
import { idsOf, once, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'images');
const repositories = propertiesOf(prod, 'AWS::ECR::Repository');

test('there is a repository for each image that the environment runs', () => {
  const names = imageNames(SAMPLES.prod.cluster.kubernetesVersion);
  expect(repositories.map(({ RepositoryName }) => RepositoryName)).toEqual(names.map((name) => `platform/${name}`));
});

test('a name stays with its image, which is scanned when it comes, and encrypted with a key of the registry', () => {
  const [key, ...more] = idsOf(prod, 'AWS::KMS::Key');
  expect(more).toEqual([]);
  for (const repository of repositories)
    expect(repository).toMatchObject({
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': [key, 'Arn'] } },
    });
});

test('ECR signs what is pushed to any of them', () => {
  const [profile] = idsOf(prod, 'AWS::Signer::SigningProfile');
  // Of a name of our own, the stack could be made once in two years.
  expect(prod[profile!]?.Properties).toEqual(expect.not.objectContaining({ ProfileName: expect.anything() }));
  const [{ Rules } = { Rules: [] }] = propertiesOf(prod, 'AWS::ECR::SigningConfiguration');
  expect(Rules).toEqual([
    {
      SigningProfileArn: { 'Fn::GetAtt': [profile, 'Arn'] },
      RepositoryFilters: [{ Filter: 'platform/*', FilterType: 'WILDCARD_MATCH' }],
    },
  ]);
  for (const { RepositoryName } of repositories) expect(RepositoryName).toMatch(/^platform\//);
});

test('a thousand releases stay, the latest, whatever their names; what has no name goes after a week', () => {
  for (const { LifecyclePolicy } of repositories) {
    const rules = JSON.parse(LifecyclePolicy.LifecyclePolicyText).rules;
    expect(rules.map(({ selection, action }: (typeof rules)[number]) => [action.type, selection])).toEqual([
      ['expire', { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, countUnit: 'days' }],
      ['expire', { tagStatus: 'tagged', tagPatternList: ['*'], countType: 'imageCountMoreThan', countNumber: 1000 }],
    ]);
  }
});

test.each([
  ['prod', undefined, 'RetainExceptOnCreate'],
  ['dev', true, 'Delete'],
] as const)('in %s, images stay or go with the stack as its data does', (name, emptied, policy) => {
  const resources = resourcesOf(sample(name), 'images');
  const of = propertiesOf(resources, 'AWS::ECR::Repository');
  expect(of.length).toBeGreaterThan(0);
  for (const { id, EmptyOnDelete } of of)
    expect([EmptyOnDelete || undefined, resources[id]?.DeletionPolicy]).toEqual([emptied, policy]);
});

describe('another account', () => {
  const pulledBy = ['777777777777', '888888888888'];
  const pulled = propertiesOf(
    resourcesOf(once({ ...SAMPLES.prod, images: { pulledBy, signed: false } }), 'images'),
    'AWS::ECR::Repository',
  );
  const policyOf = (name: string): Json =>
    pulled.find(({ RepositoryName }) => RepositoryName === `platform/${name}`)!.RepositoryPolicyText;

  test.each(SERVICE_NAMES)('that is listed may pull %s and ask for its signature, and do nothing else', (name) => {
    const [statement, ...more] = policyOf(name).Statement;
    expect(more).toEqual([]);
    expect(statement.Principal.AWS.map((one: Json) => /\d{12}/.exec(JSON.stringify(one))?.[0])).toEqual(pulledBy);
    expect(JSON.stringify(statement.Principal.AWS)).not.toContain('*');
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Action: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:DescribeImageSigningStatus',
        'ecr:GetDownloadUrlForLayer',
      ],
    });
  });

  test('pulls no image of others from here', () => {
    expect(policyOf('mysql')).toBeUndefined();
  });

  test('that is not listed may do nothing', () => {
    for (const { RepositoryPolicyText } of repositories) expect(RepositoryPolicyText).toBeUndefined();
  });
});
