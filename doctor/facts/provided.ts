import { Resolver } from 'node:dns/promises';
import {
  DescribeImagesCommand,
  ECRClient,
  GetSigningConfigurationCommand,
  type ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { EDGE_REGION } from '../../lib/model/edge-region';
import type { Aws } from '../aws';
import { imagesOf, providedSecrets, SIGNING, slackWorkspaces } from '../brought';
import { planned, type Plan, type PlannedZone } from '../plan';
import { isAbsent, Unanswered } from '../why';
import { reader, table } from './reader';
import { deployed, type Deployed } from './stacks';

/** A hosted zone as the account has it. */
interface HostedZone {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly nameServers: readonly string[];
}

/** Id of a zone: that of the configuration, else of the zone that a stack has made. */
const zoneId = (plan: Plan, { resources }: Deployed, { id, name }: PlannedZone): string | undefined => {
  if (id !== undefined) return id;
  const made = planned(plan, 'AWS::Route53::HostedZone').find(({ properties }) => properties.Name === `${name}.`);
  return resources.find((one) => one.logicalId === made?.logicalId && one.stack === made.stack.name)?.id;
};

const withoutDot = (name: string): string => name.replace(/\.$/, '').toLowerCase();

/** The zones that exist, by the names that the configuration gives them. */
const readZones = async (aws: Aws, plan: Plan) => {
  const there = await deployed.read(aws, plan);
  return table(
    plan.zones.map(({ name }) => name),
    async (name): Promise<HostedZone | undefined> => {
      const id = zoneId(
        plan,
        there,
        plan.zones.find((zone) => zone.name === name)!,
      );
      if (id === undefined) return undefined;
      const found = await aws
        .client(Route53Client, EDGE_REGION)
        .send(new GetHostedZoneCommand({ Id: id }))
        .catch((error: unknown) => {
          if (!isAbsent(error, 'NoSuchHostedZone')) throw error;
          return undefined;
        });
      return (
        found && {
          id,
          name: withoutDot(found.HostedZone?.Name ?? ''),
          isPrivate: found.HostedZone?.Config?.PrivateZone ?? false,
          nameServers: (found.DelegationSet?.NameServers ?? []).map(withoutDot),
        }
      );
    },
  );
};

const zonesRead = [...deployed.actions, 'route53:GetHostedZone'];

export const hostedZones = reader(zonesRead, readZones);

/** The delegation of a zone in the public DNS: its name servers, or the code of the resolver if nobody answers for it. */
export type Delegation = { readonly nameServers: readonly string[] } | { readonly nobody: string };

/** Codes of the resolver for a name of which the DNS says that it has none, or whose servers refuse to answer. */
const NOBODY = /^(ENOTFOUND|ENODATA|ESERVFAIL|EREFUSED)$/;

/** Of the zones that the account has, the delegation in the public DNS. Throws where that does not answer at all. */
export const delegations = reader(zonesRead, async (aws, plan) => {
  const zones = Object.values(await readZones(aws, plan)).flatMap((zone) => zone ?? []);
  if (zones.length === 0) return {};
  const resolver = new Resolver({ timeout: 5_000, tries: 2 }); // milliseconds
  if (aws.nameServer !== undefined) resolver.setServers([aws.nameServer]);
  await resolver.resolveNs('com').catch(() => {
    throw new Unanswered(
      'the public DNS does not answer from this machine: give a server that does (--name-server 1.1.1.1)',
    );
  });
  return table(
    zones.map(({ name }) => name),
    async (name): Promise<Delegation> =>
      resolver.resolveNs(name).then(
        (nameServers) => ({ nameServers: nameServers.map(withoutDot) }),
        (error: Error & { code?: string }) => {
          if (!NOBODY.test(error.code ?? '')) throw error;
          return { nobody: error.code! };
        },
      ),
  );
});

/** Regions in which Amazon Q Developer has its API, of which each knows all workspaces: https://docs.aws.amazon.com/general/latest/gr/chatbot.html */
const CHATBOT_REGION = 'us-east-2';

/** Slack workspaces that somebody has authorized in the account. */
export const slack = reader(['chatbot:DescribeSlackWorkspaces'], async (aws, plan) => {
  if (slackWorkspaces(plan).length === 0) return [];
  const told = (await aws.post('chatbot', CHATBOT_REGION, '/describe-slack-workspaces', {})) as {
    readonly SlackWorkspaces?: readonly { readonly SlackTeamId: string; readonly State?: string }[];
  };
  return (told.SlackWorkspaces ?? []).filter(({ State }) => State !== 'DISABLED').map(({ SlackTeamId }) => SlackTeamId);
});

const CONNECTIONS = 'com.amazonaws.codeconnections.CodeConnections_20231201'; // botocore 1.43, codeconnections/2023-12-01

/** Status of the connection of the pipeline. Undefined: there is none, or none is needed. */
export const connection = reader(['codeconnections:GetConnection'], async (aws, { connectionArn, region }) => {
  if (connectionArn === undefined) return undefined;
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${CONNECTIONS}.GetConnection` };
  const asked = aws.post('codeconnections', region, '/', { ConnectionArn: connectionArn }, headers);
  const told = (await asked.catch((error: unknown) => {
    if (!isAbsent(error, 'ResourceNotFoundException')) throw error;
    return {};
  })) as { readonly Connection?: { readonly ConnectionStatus?: string } };
  return told.Connection?.ConnectionStatus;
});

/** Patterns of the repositories whose images ECR signs. Undefined: the stack is not deployed that has it sign. */
export const signedRepositories = reader([...deployed.actions, 'ecr:GetSigningConfiguration'], async (aws, plan) => {
  const { stacks } = await deployed.read(aws, plan);
  if (!planned(plan, SIGNING).some(({ stack }) => stacks.includes(stack.name))) return undefined;
  const { signingConfiguration } = await aws
    .client(ECRClient)
    .send(new GetSigningConfigurationCommand({}))
    .catch((error: unknown) => {
      if (!isAbsent(error, 'SigningConfigurationNotFoundException')) throw error;
      return { signingConfiguration: undefined };
    });
  return (signingConfiguration?.rules ?? []).flatMap(({ repositoryFilters = [] }) =>
    repositoryFilters.flatMap(({ filter }) => filter ?? []),
  );
});

/** The registry's entry of an image. */
interface HeldImage {
  /** The digest behind the tag. Undefined: it has no such tag. */
  readonly tagged: string | undefined;
  /** Whether it has the digest that is deployed, under whatever tag. */
  readonly isHeld: boolean;
}

/** The registry's entry of each image; only of repositories that are deployed. */
export const images = reader([...deployed.actions, 'ecr:DescribeImages'], async (aws, plan) => {
  const { resources } = await deployed.read(aws, plan);
  const repositories = new Set(resources.flatMap(({ type, id }) => (type === 'AWS::ECR::Repository' ? [id] : [])));
  const wanted = imagesOf(plan).filter(({ repository }) => repositories.has(repository));
  return table(
    wanted.map(({ name }) => name),
    async (name): Promise<HeldImage> => {
      const { repository, tag, digest } = wanted.find((image) => image.name === name)!;
      const tagged = await digestOf(aws, repository, { imageTag: tag });
      const isHeld = digest !== undefined && (await digestOf(aws, repository, { imageDigest: digest })) === digest;
      return { tagged, isHeld };
    },
  );
});

const digestOf = (aws: Aws, repositoryName: string, image: ImageIdentifier): Promise<string | undefined> =>
  aws
    .client(ECRClient)
    .send(new DescribeImagesCommand({ repositoryName, imageIds: [image] }))
    .then(
      ({ imageDetails = [] }) => imageDetails[0]?.imageDigest,
      (error: unknown) => {
        if (!isAbsent(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) throw error;
        return undefined;
      },
    );

/** Whether each secret that people bring has a value, which is not read; only of secrets that are deployed. */
export const secrets = reader([...deployed.actions, 'secretsmanager:DescribeSecret'], async (aws, plan) => {
  const { stacks } = await deployed.read(aws, plan);
  const wanted = providedSecrets(plan).filter(({ stack }) => stacks.includes(stack));
  return table(
    wanted.map(({ name }) => name),
    async (SecretId) => {
      const { VersionIdsToStages = {} } = await aws
        .client(SecretsManagerClient)
        .send(new DescribeSecretCommand({ SecretId }))
        .catch((error: unknown) => {
          if (!isAbsent(error, 'ResourceNotFoundException')) throw error;
          return { VersionIdsToStages: {} };
        });
      return Object.values(VersionIdsToStages).some((stages) => stages.includes('AWSCURRENT'));
    },
  );
});
