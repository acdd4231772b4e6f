import type { AssembledStack } from '../app/cdk';
import { list } from './vault';

/** A repository of ECR. */
export interface Repository {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
}

/** The repositories of an account of the emulated AWS. */
export const openRegistry = async (endpoint: string, account: string): Promise<Registry> => ({
  account,
  repositories: (await list<Repository>(endpoint, 'images')).filter((each) => each.account === account),
});

/** An account's own registry. */
export interface Registry {
  readonly account: string;
  readonly repositories: readonly Repository[];
}

/** An image of a registry of ECR: by its tag, its digest, or both. */
export interface OwnImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

const IMAGE =
  /(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]+))?/g;

/** The images in a text that the registry of an account holds, or ought to; without tag and digest, its `latest`. */
const ownImages = (text: string, account: string): readonly OwnImage[] =>
  [...text.matchAll(IMAGE)]
    .map(([, owner = '', region = '', repository = '', tag, digest]) => ({
      account: owner,
      region,
      repository,
      tag: tag ?? (digest === undefined ? 'latest' : undefined),
      digest,
    }))
    .filter((image) => image.account === account);

/** Why an image of the own registry cannot be pulled, if it cannot. */
export const unpullable = (image: string, { account, repositories }: Registry): string | undefined => {
  const [own] = ownImages(image, account);
  if (own === undefined) return undefined;
  const held = repositories.find(({ region, repository }) => region === own.region && repository === own.repository);
  if (held === undefined) return `the registry has no repository ${own.repository} in ${own.region}`;
  if (own.digest !== undefined)
    return held.digests.includes(own.digest) ? undefined : 'the registry has no such digest; push it first';
  return held.tags.includes(own.tag ?? '') ? undefined : 'the registry has no such tag; push it first';
};

/** The images of the own registry that the manifests and charts of a stack name. */
export const namedImages = ({ template, account, region }: AssembledStack): readonly OwnImage[] =>
  Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type.startsWith('Custom::AWSCDK-EKS-'))
    .flatMap(({ Type, Properties = {} }) => {
      const texts = Object.values(Properties).map((value) => text(value, { account, region }));
      return Type === CHART ? texts.flatMap(chartImages) : texts;
    })
    .flatMap((value) => ownImages(value, account));

const CHART = 'Custom::AWSCDK-EKS-HelmChart';

/** The images in the values of a chart, which has the repository and the tag of each apart. */
const chartImages = (values: string): readonly string[] => {
  const images: string[] = [];
  const look = (_key: string, value: unknown): unknown => {
    const { repository, tag } = (value ?? {}) as { readonly repository?: unknown; readonly tag?: unknown };
    if (typeof repository === 'string') images.push(typeof tag === 'string' ? `${repository}:${tag}` : repository);
    return value;
  };
  try {
    JSON.parse(values, look);
  } catch {
    return []; // a property that is not JSON names no image
  }
  return images;
};

/** A value of a template as text, with the pseudo parameters of its stack; a part that is known after deployment is a space. */
const text = (value: unknown, { account, region }: Pick<AssembledStack, 'account' | 'region'>): string => {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': joined } = (value ?? {}) as {
    readonly Ref?: string;
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  };
  if (joined) return joined[1].map((part) => text(part, { account, region })).join(joined[0]);
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return pseudo[Ref ?? ''] ?? ' ';
};
