import { planned, unique, type Plan } from './plan';

/** An image of the own registry. */
export interface Image {
  /** As pods name it. */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
}

/** The images that the manifests name by a tag of the environment's registry. */
export const imagesOf = ({ account, region, stacks }: Plan): readonly Image[] => {
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const named = new RegExp(`${registry.replaceAll('.', '\\.')}/([a-z0-9._/-]+):([\\w.-]+)`, 'g');
  const text = JSON.stringify(stacks.map(({ resources }) => resources));
  const images = [...text.matchAll(named)].map(([name, repository = '', tag = '']) => ({ name, repository, tag }));
  return [...new Map([...images, ...chartImages(text, registry)].map((image) => [image.name, image])).values()];
};

/** The images in the values of a chart, which has the repository and the tag of each apart. */
const chartImages = (text: string, registry: string): readonly Image[] => {
  const apart = new RegExp(
    `\\\\"repository\\\\":\\\\"${registry.replaceAll('.', '\\.')}/([^"\\\\]+)\\\\",\\\\"tag\\\\":\\\\"([\\w.-]+)\\\\"`,
    'g',
  );
  return [...text.matchAll(apart)].map(([, repository = '', tag = '']) => ({
    name: `${registry}/${repository}:${tag}`,
    repository,
    tag,
  }));
};

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
