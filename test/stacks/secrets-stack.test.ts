import { propertiesOf, resourcesOf, sample } from '../synth';

const secrets = (name: 'dev' | 'prod') =>
  propertiesOf(resourcesOf(sample(name), 'secrets'), 'AWS::SecretsManager::Secret');
const template = sample('prod').stacks.find(({ stackName }) => stackName.endsWith('secrets'))?.template;

test('holds the signing key, the administrator of Grafana and its key, generated and encrypted with a key of its own (S26)', () => {
  const [jwt, grafana, grafanaKey] = secrets('prod');
  for (const key of [jwt, grafanaKey])
    expect(key?.GenerateSecretString).toEqual({ PasswordLength: 64, ExcludePunctuation: true });
  expect(grafana?.GenerateSecretString).toMatchObject({
    SecretStringTemplate: '{"username":"admin"}',
    GenerateStringKey: 'password',
    PasswordLength: 32,
    ExcludeCharacters: ' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}',
  });
  for (const { KmsKeyId } of secrets('prod')) expect(KmsKeyId).toBeDefined();
});

test('a value that only people know is none that a template could give, and the output says how to put it in', () => {
  const dsn = secrets('prod').find(({ Name }) => Name === 'platform/prod/sentry-dsn')!;
  expect(dsn).not.toHaveProperty('GenerateSecretString');
  expect(dsn).not.toHaveProperty('SecretString');
  expect(template.Outputs.SentryDsnToProvide.Value).toBe(
    'aws secretsmanager put-secret-value --secret-id platform/prod/sentry-dsn --secret-string VALUE',
  );
});

test('where Sentry is not used, nobody is asked for its DSN', () => {
  expect(secrets('dev').map(({ id }) => id.replace(/.{8}$/, ''))).toEqual(['Jwt', 'Grafana', 'GrafanaKey']);
});

test('the key of the secrets of tenants has a name, by which people make them, and opens no other secret', () => {
  const prod = resourcesOf(sample('prod'), 'secrets');
  const [{ AliasName, TargetKeyId } = {}, ...more] = propertiesOf(prod, 'AWS::KMS::Alias');
  expect([AliasName, more]).toEqual(['alias/platform/prod/tenants', []]);
  for (const { KmsKeyId } of secrets('prod')) expect(KmsKeyId).not.toEqual(TargetKeyId);
});
