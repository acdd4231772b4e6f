import type { Json } from './synth';

/** Names that somebody else may move, and that are used all the same, each with the reason. */
export const BY_NAME: Readonly<Record<string, string>> = {
  'aws/codebuild/standard:7.0':
    'AWS maintains the image under this name, and CodeBuild takes no digest of it. What a build hands on is reviewed',
  'chart https://aws.github.io/eks-charts/aws-load-balancer-controller:3.5.0':
    'its archive is not part of this repository: `npm run images -- --record` fetches it, compares its digest and keeps it',
};

const REGISTRY =
  /^(?:\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com|(?:docker|quay|ghcr|gcr|registry\.k8s)\.io|public\.ecr\.aws)\//;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Whether a text is the name of an image, as a container or a build has it. */
const isImage = (text: string): boolean => REGISTRY.test(text) && /^[\w./-]+(:[\w.-]+)?(@[\w:]+)?$/.test(text);

/** The images that a value names, at whatever depth; texts that are JSON are read too, because manifests and values of charts are such. */
const imagesIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') {
    if (isImage(value)) return [value];
    if (!/^\s*[[{]/.test(value)) return [];
    try {
      return imagesIn(JSON.parse(value));
    } catch {
      return [];
    }
  }
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (value === null || typeof value !== 'object') return [];
  const { repository, tag, ...rest } = value;
  const apart = typeof repository === 'string' && typeof tag === 'string' ? [`${repository}:${tag}`] : [];
  return [...apart, ...imagesIn(apart.length > 0 ? rest : Object.values(value))];
};

/** A value of a template, with what it joins at deployment as text; a reference is TOKEN. */
const joined = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(joined);
  if (value === null || typeof value !== 'object') return value;
  if (value['Fn::Join'])
    return value['Fn::Join'][1]
      .map((part: Json) => (typeof part === 'string' ? part : (PSEUDO[part.Ref] ?? 'TOKEN')))
      .join(value['Fn::Join'][0]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, joined(each)]));
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '000000000000',
  'AWS::Region': 'eu-north-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The images, charts and build environments that the resources of a template name without a digest. */
export const namedOnly = (resources: Readonly<Record<string, Json>>): readonly string[] =>
  Object.values(resources).flatMap(({ Type, Properties = {} }: Json) => {
    const properties = joined(Properties);
    const images = imagesIn(properties).filter((image) => !DIGEST.test(image));
    if (Type === 'AWS::CodeBuild::Project') return [...images, properties.Environment.Image];
    if (Type === 'Custom::AWSCDK-EKS-HelmChart' && properties.ChartAssetURL === undefined)
      return [...images, `chart ${properties.Repository}/${properties.Chart}:${properties.Version}`];
    return images;
  });

/** The images that the resources of a template name by their digests. */
export const digestsIn = (resources: Readonly<Record<string, Json>>): readonly string[] =>
  Object.values(resources).flatMap(({ Properties = {} }: Json) =>
    imagesIn(joined(Properties)).filter((image) => DIGEST.test(image)),
  );
