import { randomBytes } from 'node:crypto';
import { callAws } from './aws-api';
import type { AssembledStack } from './cdk';
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
    if (!response.ok) throw new Error(`creating the role ${arn}: ${await response.text()}`);
  }
  return [...arns].map((arn) => `IAM role ${arn}`);
};

/** The stacks that ask the operator for values of secrets, by outputs that say how: `… --secret-id NAME …`. */
export const valuesToProvide = (stacks: readonly AssembledStack[]): readonly ValueToProvide[] =>
  stacks.flatMap((stack) =>
    Object.entries(stack.template.Outputs ?? {})
      .filter(([key]) => key.endsWith('ToProvide'))
      .map(([key, { Value }]) => {
        const [, secret] = /put-secret-value --secret-id (\S+) /.exec(String(Value)) ?? [];
        if (secret === undefined)
          throw new Error(`the output ${key} of ${stack.name} names no secret: ${String(Value)}`);
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
    if (!response.ok) throw new Error(`giving the secret ${secret} a value: ${await response.text()}`);
  }
  return values.map(describeValue);
};

/** A value that somebody put in, as it is reported. */
export const describeValue = ({ secret }: ValueToProvide) => `a value of the secret ${secret}`;

/** An image that no template brings: people push it before it is deployed. */
export interface ImageToPush extends OwnImage {
  /** The stack with its repository. */
  readonly stack: AssembledStack;
  readonly tag: string;
}

/** The images that manifests name by a tag of the own registry, each once, where one of the stacks has their repository. */
export const imagesToPush = (stacks: readonly AssembledStack[]): readonly ImageToPush[] => {
  const images = stacks.flatMap(namedImages).flatMap((image) => {
    const stack = stacks.find((each) => hasRepository(each, image));
    return stack && image.tag !== undefined && image.digest === undefined ? [{ ...image, stack, tag: image.tag }] : [];
  });
  return [...new Map(images.map((image) => [nameOf(image), image])).values()];
};

const hasRepository = ({ account, region, template }: AssembledStack, image: OwnImage): boolean =>
  account === image.account &&
  region === image.region &&
  Object.values(template.Resources ?? {}).some(
    ({ Type, Properties }) => Type === 'AWS::ECR::Repository' && Properties?.RepositoryName === image.repository,
  );

const nameOf = ({ account, region, repository, tag }: ImageToPush) =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${repository}:${tag}`;

/** Pushes an image without layers for each; says which. */
export const pushImages = async (endpoint: string, images: readonly ImageToPush[]): Promise<readonly string[]> => {
  for (const image of images) {
    const { account, region, repository, tag } = image;
    const response = await callAws(
      endpoint,
      { account, region, service: 'ecr' },
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
    );
    if (!response.ok) throw new Error(`pushing the image ${nameOf(image)}: ${await response.text()}`);
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
