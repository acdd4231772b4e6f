import { imagesOf, providedSecrets, slackWorkspaces } from '../brought';
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

export const IMAGES = check({
  title: 'The images are pushed',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push.html',
  facts: ['images'],
  find: (plan, { images }) =>
    misses(imagesOf(plan), ({ name }) =>
      images[name] === false
        ? {
            missing: `Nobody has pushed ${name}.`,
            remedy: `npm run --silent images -- ${plan.name} | sh copies the images of others; build and push your own`,
          }
        : undefined,
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
