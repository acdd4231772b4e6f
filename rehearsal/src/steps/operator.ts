import { randomBytes } from 'node:crypto';
import { callAws } from '../emulator/aws-api';
import type { AssembledStack } from '../app/cdk';
import { namedImages, type OwnImage } from './registry';

/** Makes the IAM roles that access entries name and no template creates; says which. */
export const createRoles = async (endpoint: string, stacks: readonly AssembledStack[]): Promise<readonly string[]> => {
  const arns = new Set(
    stacks
      .flatMap(({ template }) => Object.values(template.Resources ?? {}))
      .filter(({ Type }) => Type === 'AWS::EKS::AccessEntry')
      .flatMap(({ Properties }) => Properties?.PrincipalArn ?? [])
      .filter((arn) => typeof arn === 'string'),
  );
  for (const arn of arns) {
    const [, account, path, name] = /^arn:[^:]+:iam::(\d{12}):role(\/.*\/|\/)([^/]+)$/.exec(arn) ?? [];
    if (!account || !path || !name) throw new Error(`an access entry names "${arn}", which is not the ARN of a role`);
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account } }],
    };
    const action = { Action: 'CreateRole', Version: '2010-05-08', RoleName: name, Path: path };
    const body = new URLSearchParams({ ...action, AssumeRolePolicyDocument: JSON.stringify(trust) });
    const response = await callAws(endpoint, { account, service: 'iam' }, body);
    if (!response.ok) throw new Error(`could not create the role ${arn}: ${await response.text()}`);
  }
  return [...arns].map((arn) => `IAM role ${arn}`);
};

/** A hosted zone that exists before anything is deployed: templates know it by its id. */
export interface ImportedZone {
  readonly account: string;
  readonly id: string;
  /** The longest name that all of its records and certificates end in. */
  readonly name: string;
}

/** The hosted zones that templates name by their ids, each once. */
export const importedZones = (stacks: readonly AssembledStack[]): readonly ImportedZone[] => {
  const named = stacks.flatMap(({ account, template }) =>
    Object.values(template.Resources ?? {}).flatMap(({ Type, Properties = {} }) => {
      const uses: readonly Properties[] =
        Type === 'AWS::Route53::RecordSet'
          ? [{ HostedZoneId: Properties.HostedZoneId, DomainName: Properties.Name }]
          : Type === 'AWS::CertificateManager::Certificate'
            ? ((Properties.DomainValidationOptions ?? []) as readonly Properties[])
            : [];
      return uses.flatMap(({ HostedZoneId: id, DomainName: name }) =>
        typeof id === 'string' && typeof name === 'string' ? [{ account, id, name: name.replace(/\.$/, '') }] : [],
      );
    }),
  );
  const zones = new Map<string, ImportedZone>();
  for (const use of named) {
    const name = commonEnd(zones.get(use.id)?.name ?? use.name, use.name);
    zones.set(use.id, { ...use, name });
  }
  return [...zones.values()];
};

type Properties = Readonly<Record<string, unknown>>;

/** The labels in which two names end. */
const commonEnd = (one: string, other: string): string => {
  const [short, long] = [one.split('.'), other.split('.')].toSorted((a, b) => a.length - b.length) as [
    string[],
    string[],
  ];
  const end = long.slice(-short.length);
  return short.slice(short.findLastIndex((label, i) => label !== end[i]) + 1).join('.');
};

/** Makes the hosted zones; says which. */
export const createZones = async (endpoint: string, zones: readonly ImportedZone[]): Promise<readonly string[]> => {
  for (const { account, id, name } of zones) {
    const called = { account, service: 'route53' };
    const response = await callAws(`${endpoint}/_rehearsal/hosted-zones`, called, JSON.stringify({ id, name }));
    if (!response.ok) throw new Error(`could not create the hosted zone ${id} of ${name}: ${await response.text()}`);
  }
  return zones.map(({ id, name }) => `hosted zone ${name} (${id})`);
};

/** A hosted zone that a stack makes: people delegate it before certificates can be validated in it. */
export interface ZoneToDelegate {
  readonly stack: AssembledStack;
  readonly name: string;
}

/** The hosted zones that stacks make. */
export const zonesToDelegate = (stacks: readonly AssembledStack[]): readonly ZoneToDelegate[] =>
  stacks.flatMap((stack) =>
    Object.values(stack.template.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::Route53::HostedZone')
      .map(({ Properties }) => ({ stack, name: String(Properties?.Name).replace(/\.$/, '') })),
  );

/** A delegation that somebody made, as it is reported. */
export const describeZone = ({ name }: ZoneToDelegate) => `delegation of the hosted zone ${name}`;

/** The stacks that ask the operator for values of secrets, by outputs that say how: `… --secret-id NAME …`. */
export const valuesToProvide = (stacks: readonly AssembledStack[]): readonly ValueToProvide[] =>
  stacks.flatMap((stack) =>
    Object.entries(stack.template.Outputs ?? {})
      .filter(([key]) => key.endsWith('ToProvide'))
      .map(([key, { Value }]) => {
        const [, secret] = /put-secret-value --secret-id (\S+) /.exec(String(Value)) ?? [];
        if (secret === undefined)
          throw new Error(`the output ${key} of ${stack.name} does not name a secret: ${String(Value)}`);
        return { stack, secret };
      }),
  );

/** A secret that has no value until the operator puts one in. */
export interface ValueToProvide {
  readonly stack: AssembledStack;
  readonly secret: string;
}

/** Puts random values in; says where. */
export const provideValues = async (
  endpoint: string,
  values: readonly ValueToProvide[],
): Promise<readonly string[]> => {
  for (const { stack, secret } of values) {
    const response = await callAws(
      endpoint,
      { account: stack.account, region: stack.region, service: 'secretsmanager' },
      JSON.stringify({ SecretId: secret, SecretString: randomBytes(16).toString('hex') }),
      { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.PutSecretValue' },
    );
    if (!response.ok) throw new Error(`could not set the value of the secret ${secret}: ${await response.text()}`);
  }
  return values.map(describeValue);
};

/** A value that somebody put in, as it is reported. */
export const describeValue = ({ secret }: ValueToProvide) => `a value of the secret ${secret}`;

/** An image that no template brings: people push it before it is deployed. */
export interface ImageToPush extends OwnImage {
  /** The stack with its repository. */
  readonly stack: AssembledStack;
}

/** The images of the own registry that manifests name, each once, where one of the stacks has their repository. */
export const imagesToPush = (stacks: readonly AssembledStack[]): readonly ImageToPush[] => {
  const images = stacks.flatMap(namedImages).flatMap((image) => {
    const stack = stacks.find((each) => hasRepository(each, image));
    return stack ? [{ ...image, stack }] : [];
  });
  return [...new Map(images.map((image) => [nameOf(image), image])).values()];
};

const hasRepository = ({ account, region, template }: AssembledStack, image: OwnImage): boolean =>
  account === image.account &&
  region === image.region &&
  Object.values(template.Resources ?? {}).some(
    ({ Type, Properties }) => Type === 'AWS::ECR::Repository' && Properties?.RepositoryName === image.repository,
  );

const nameOf = ({ account, region, repository, tag, digest }: ImageToPush) =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

/**
 * Pushes an image without layers for each; says which. Nobody here has the content of one that is named by its digest: the registry
 * is told that somebody pushed it.
 */
export const pushImages = async (endpoint: string, images: readonly ImageToPush[]): Promise<readonly string[]> => {
  for (const image of images) {
    const { account, region, repository, tag, digest } = image;
    const called = { account, region, service: 'ecr' };
    const response =
      digest === undefined
        ? await callAws(
            endpoint,
            called,
            JSON.stringify({
              repositoryName: repository,
              imageTag: tag,
              imageManifest: JSON.stringify(manifest(nameOf(image))),
              imageManifestMediaType: MANIFEST,
            }),
            {
              'Content-Type': 'application/x-amz-json-1.1',
              'X-Amz-Target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
            },
          )
        : await callAws(
            `${endpoint}/_rehearsal/pushed-images`,
            called,
            JSON.stringify({ region, repository, tag, digest }),
          );
    if (!response.ok) throw new Error(`could not push the image ${nameOf(image)}: ${await response.text()}`);
  }
  return images.map(describeImage);
};

/** An image that somebody pushed, as it is reported. */
export const describeImage = (image: ImageToPush) => `image ${nameOf(image)}`;

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** The content `{}`, which OCI has for whatever needs none. */
const EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
};

/** A manifest of an image that no other image shares, as its digest is its identity. */
const manifest = (name: string) => ({
  schemaVersion: 2,
  mediaType: MANIFEST,
  config: EMPTY,
  layers: [EMPTY],
  annotations: { 'org.opencontainers.image.ref.name': name },
});
