import { chartsOf, imagesOf, providedSecrets, signedPatterns, slackWorkspaces } from '../brought';
import { check, misses } from '../check';

export const HOSTED_ZONES = check({
  title: 'The hosted zones are public zones of this account, with the right names',
  source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html',
  facts: ['hostedZones'],
  find: ({ zones, account }, { hostedZones }) =>
    misses(zones, ({ name, id }) => {
      const zone = hostedZones[name];
      const remedy = `Write the id of the account’s public zone in domain.zones: aws route53 list-hosted-zones-by-name --dns-name ${name}`;
      if (zone === undefined)
        return id === undefined
          ? undefined
          : {
              missing: `The account ${account} has no hosted zone ${id}, which domain.zones gives for ${name}.`,
              remedy,
            };
      if (zone.name !== name)
        return { missing: `The hosted zone ${zone.id} belongs to ${zone.name}, not to ${name}.`, remedy };
      return zone.isPrivate ? { missing: `The hosted zone ${zone.id} of ${name} is private.`, remedy } : undefined;
    }),
});

export const DELEGATION = check({
  title: 'The hosted zones are delegated',
  source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-routing-traffic-for-subdomains.html',
  facts: ['hostedZones', 'delegations'],
  find: (_plan, { hostedZones, delegations }) =>
    misses(
      Object.values(hostedZones).flatMap((zone) => zone ?? []),
      ({ name, nameServers }) => {
        const told = delegations[name];
        if (told === undefined) return undefined;
        const remedy = `Ask the owner of the domain above ${name} to delegate it to ${nameServers.join(' ')}`;
        if ('nobody' in told)
          return { missing: `The public DNS has no name servers for ${name} (${told.nobody}).`, remedy };
        const strangers = told.nameServers.filter((server) => !nameServers.includes(server));
        return strangers.length === 0
          ? undefined
          : {
              missing: `The public DNS leads ${name} to ${strangers.join(' ')}, which are not the name servers of its hosted zone.`,
              remedy,
            };
      },
    ),
});

export const SLACK = check({
  title: 'The Slack workspaces are authorized',
  source: 'https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html',
  facts: ['slack'],
  find: (plan, { slack }) =>
    misses(slackWorkspaces(plan), (id) =>
      slack.includes(id)
        ? undefined
        : {
            missing: `The account may not write to the Slack workspace ${id}.`,
            remedy:
              'Ask an administrator of the workspace to authorize it once, in the console: Amazon Q Developer in chat applications, “Configure new client”, Slack',
          },
    ),
});

export const CONNECTION = check({
  title: 'The connection of the pipeline is authorized',
  source: 'https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html',
  facts: ['connection'],
  find: ({ connectionArn: arn, region }, { connection }) => {
    if (arn === undefined || connection === 'AVAILABLE') return [];
    const place = `the console of Developer Tools in ${region}, Settings, Connections`;
    // It can be deployed by hand without.
    return connection === undefined
      ? [
          {
            missing: `There is no connection ${arn}, which stages of lib/config/pipeline.ts has.`,
            remedy: `Create one in ${place}, and write its ARN there; or remove the environment from stages`,
            advice: true,
          },
        ]
      : [
          {
            missing: `The connection ${arn} is ${connection}, and not AVAILABLE.`,
            remedy: `Choose it in ${place}, and “Update pending connection”`,
            advice: true,
          },
        ];
  },
});

export const IMAGES = check({
  title: 'The images are pushed, each under the digest of its tag',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push.html',
  facts: ['images'],
  find: (plan, { images }) =>
    misses(imagesOf(plan), ({ name, digest }) => {
      const image = images[name];
      if (image === undefined) return undefined;
      const { tagged, isHeld } = image;
      if (tagged === undefined && !isHeld)
        return {
          missing: `Nobody has pushed ${name}.`,
          remedy: `npm run --silent images -- ${plan.name} copies the images of others; build and push your own`,
        };
      if (tagged === undefined || digest === undefined || tagged === digest) return undefined;
      return {
        missing: `${name} is ${tagged} in the registry, and not ${digest}, which is deployed.`,
        remedy: 'Find out which of the two is right, and push it under a new tag, or correct the digest in git',
      };
    }),
});

export const DIGESTS = check({
  title: 'The images and the charts are named by their digests',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html',
  facts: [],
  find: (plan) =>
    misses([...imagesOf(plan).filter(({ digest }) => digest === undefined), ...chartsOf(plan)], ({ name }) => ({
      missing: `A template names ${name} without a digest, so the name alone says what runs.`,
      remedy: 'npm run --silent images -- --record writes it down; commit that',
      advice: true,
    })),
});

export const SIGNING = check({
  title: 'ECR signs the images that are pushed, where the configuration asks for it',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html',
  facts: ['signedRepositories'],
  find: (plan, { signedRepositories: signed }) =>
    misses(signed === undefined ? [] : signedPatterns(plan), (pattern) =>
      signed!.includes(pattern)
        ? undefined
        : {
            missing: `ECR signs no image of ${pattern}, although images.signed is true: its signing configuration has ${signed!.length === 0 ? 'no rule' : signed!.join(', ')}.`,
            remedy: `Put the rule back with the profile that aws signer list-signing-profiles --region ${plan.region} shows: aws ecr put-signing-configuration --region ${plan.region} --signing-configuration 'rules=[{signingProfileArn=ARN,repositoryFilters=[{filter=${pattern},filterType=WILDCARD_MATCH}]}]'`,
          },
    ),
});

export const SECRETS = check({
  title: 'The secrets that people provide have values',
  source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html',
  facts: ['secrets'],
  find: (plan, { secrets }) =>
    misses(providedSecrets(plan), ({ name }) =>
      secrets[name] === false
        ? {
            missing: `The secret ${name} has no value.`,
            remedy: `aws secretsmanager put-secret-value --region ${plan.region} --secret-id ${name} --secret-string VALUE`,
          }
        : undefined,
    ),
});
