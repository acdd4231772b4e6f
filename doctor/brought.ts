import { planned, unique, type Json, type Plan } from './plan';

/** An image of the own registry. */
export interface Image {
  /** As pods name it. */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** @default - its tag alone names it */
  readonly digest?: string | undefined;
}

/** A tag, and the digest behind it where there is one. */
const VERSION = '([\\w.-]+)(?:@(sha256:[0-9a-f]{64}))?';

/** The images of the environment's registry that the manifests and the charts name. */
export const imagesOf = ({ account, region, stacks }: Plan): readonly Image[] => {
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const registry = host.replaceAll('.', '\\.');
  const text = JSON.stringify(stacks.map(({ resources }) => resources));
  const named = new RegExp(`${registry}/([a-z0-9._/-]+):${VERSION}`, 'g');
  // The values of a chart have the repository and the tag of each image apart.
  const apart = new RegExp(
    `\\\\"repository\\\\":\\\\"${registry}/([^"\\\\]+)\\\\",\\\\"tag\\\\":\\\\"${VERSION}\\\\"`,
    'g',
  );
  const images = [...text.matchAll(named), ...text.matchAll(apart)].map(
    ([, repository = '', tag = '', digest]): Image => ({
      name: `${host}/${repository}:${tag}`,
      repository,
      tag,
      digest,
    }),
  );
  return [...new Map(images.map((image) => [`${image.name} ${image.digest}`, image])).values()];
};

/** The charts that come from a repository under their version, and are no assets. */
export const chartsOf = (plan: Plan): readonly { readonly name: string }[] =>
  planned(plan, 'Custom::AWSCDK-EKS-HelmChart')
    .filter(({ properties }) => properties.ChartAssetURL === undefined)
    .map(({ properties: { Repository, Chart, Version } }) => ({ name: `the chart ${Repository}/${Chart} ${Version}` }));

/** The type of what has ECR sign images. */
export const SIGNING = 'AWS::ECR::SigningConfiguration';

/** Patterns of the repositories whose images ECR has to sign. */
export const signedPatterns = (plan: Plan): readonly string[] =>
  planned(plan, SIGNING).flatMap(({ properties: { Rules } }) =>
    (Rules as Json[]).flatMap(({ RepositoryFilters }) => (RepositoryFilters as Json[]).map(({ Filter }) => Filter)),
  );

/** A secret that a person gives its value. */
export interface ProvidedSecret {
  readonly name: string;
  readonly stack: string;
}

/** The secrets that a stack makes without a value. */
export const providedSecrets = (plan: Plan): readonly ProvidedSecret[] =>
  planned(plan, 'AWS::SecretsManager::Secret')
    .filter(
      ({ properties: { GenerateSecretString, SecretString } }) =>
        GenerateSecretString === undefined && SecretString === undefined,
    )
    .map(({ properties, stack }) => ({ name: properties.Name, stack: stack.name }));

/** The Slack workspaces whose channels hear of alarms. */
export const slackWorkspaces = (plan: Plan): readonly string[] =>
  unique(planned(plan, 'AWS::Chatbot::SlackChannelConfiguration').map(({ properties }) => properties.SlackWorkspaceId));
