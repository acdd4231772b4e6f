import {
  BatchDeleteImageCommand,
  DeleteSigningConfigurationCommand,
  ECRClient,
  PutImageCommand,
  PutSigningConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { imagesOf } from '../../../doctor/brought';
import * as brought from '../../../doctor/checks/brought';
import { callAws } from '../../../rehearsal/src/emulator/aws-api';
import { given, type Account, type Planted } from './planted';

/** The image of the frontend, and how it gets into the registry whose content nobody here has. */
const frontend = ({ plan, endpoint }: Account) => {
  const { account, region } = plan;
  const { repository, tag, digest } = imagesOf(plan).find(({ name }) => name.includes('/frontend:'))!;
  const body = JSON.stringify({ region, repository, tag, digest });
  return {
    repositoryName: repository,
    imageTag: tag,
    pushAgain: () => callAws(`${endpoint}/_rehearsal/pushed-images`, { account, region, service: 'ecr' }, body),
  };
};

export const BROUGHT: readonly Planted[] = [
  {
    check: brought.HOSTED_ZONES,
    plan: (plan) => ({ ...plan, zones: [{ name: 'platform.com', id: 'Z0000000000OTHER00000' }] }),
    says: /^The account 333333333333 has no hosted zone Z0000000000OTHER00000, which domain\.zones gives for platform\.com\.$/,
    remedy: /list-hosted-zones-by-name --dns-name platform\.com/,
  },
  {
    check: brought.HOSTED_ZONES,
    plan: (plan) => ({ ...plan, zones: [{ ...plan.zones[0]!, name: 'other.com' }] }),
    says: /^The hosted zone Z0123456789ABCDEFGHIJ belongs to platform\.com, not to other\.com\.$/,
    remedy: /--dns-name other\.com/,
  },
  {
    check: brought.DELEGATION,
    plant: given({ nameServers: { 'platform.com': null } }),
    says: /^The public DNS has no name servers for platform\.com \(ENOTFOUND\)\.$/,
    remedy: /delegate it to ns-/,
  },
  {
    check: brought.DELEGATION,
    plant: given({ nameServers: { 'platform.com': ['ns1.registrar.example'] } }),
    says: /^The public DNS leads platform\.com to ns1\.registrar\.example, which are not the name servers of its hosted zone\.$/,
    remedy: /delegate it to ns-/,
  },
  {
    check: brought.SLACK,
    plant: given({ slack: [] }),
    says: /^The account may not write to the Slack workspace T0123ABCD\.$/,
    remedy: /authorize it once/,
  },
  {
    check: brought.CONNECTION,
    plant: (account) => account.give({ connections: { [account.plan.connectionArn!]: null } }),
    says: /^There is no connection arn:aws:codeconnections:ap-southeast-1:333333333333:connection\/\S+, which stages /,
    remedy: /^Create one in the console of Developer Tools in ap-southeast-1/,
  },
  {
    check: brought.CONNECTION,
    plant: (account) => account.give({ connections: { [account.plan.connectionArn!]: 'PENDING' } }),
    says: /^The connection arn:aws:\S+ is PENDING, and not AVAILABLE\.$/,
    remedy: /Update pending connection/,
  },
  {
    check: brought.SIGNING,
    plant: async ({ client }) => {
      const ecr = client(ECRClient);
      const { signingConfiguration } = await ecr.send(new DeleteSigningConfigurationCommand({}));
      return () => ecr.send(new PutSigningConfigurationCommand({ signingConfiguration }));
    },
    says: /^ECR signs no image of platform\/\*, although images\.signed is true: its signing configuration has no rule\.$/,
    remedy: /put-signing-configuration --region ap-southeast-1/,
  },
  {
    check: brought.SIGNING,
    plant: async ({ client }) => {
      const ecr = client(ECRClient);
      const { signingConfiguration } = await ecr.send(new DeleteSigningConfigurationCommand({}));
      const rules = signingConfiguration!.rules!.map(({ signingProfileArn }) => ({
        signingProfileArn,
        repositoryFilters: [{ filter: 'other/*', filterType: 'WILDCARD_MATCH' as const }],
      }));
      await ecr.send(new PutSigningConfigurationCommand({ signingConfiguration: { rules } }));
      return () => ecr.send(new PutSigningConfigurationCommand({ signingConfiguration }));
    },
    says: /its signing configuration has other\/\*\.$/,
    remedy: /list-signing-profiles/,
  },
  {
    check: brought.IMAGES,
    plant: async (account) => {
      const { repositoryName, imageTag, pushAgain } = frontend(account);
      const imageIds = [{ imageTag }];
      await account.client(ECRClient).send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
      return pushAgain;
    },
    says: /^Nobody has pushed 333333333333\.dkr\.ecr\..*\/platform\/frontend:1\.0\.0\.$/,
    remedy: /npm run --silent images -- prod/,
  },
  {
    check: brought.IMAGES,
    plant: async (account) => {
      const { repositoryName, imageTag, pushAgain } = frontend(account);
      const ecr = account.client(ECRClient);
      const remove = () => ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
      await remove();
      await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest: '{"schemaVersion":2}' }));
      return async () => {
        await remove();
        await pushAgain();
      };
    },
    says: /^333333333333\.dkr\.ecr\..*\/platform\/frontend:1\.0\.0 is sha256:\w{64} in the registry, and not sha256:0{64}, which is deployed\.$/,
    remedy: /push it under a new tag/,
  },
  {
    check: brought.DIGESTS,
    plan: (plan) => ({
      ...plan,
      stacks: JSON.parse(JSON.stringify(plan.stacks).replace(/(\/platform\/frontend:1\.0\.0)@sha256:0{64}/, '$1')),
    }),
    says: /^A template names 333333333333\.dkr\.ecr\..*\/platform\/frontend:1\.0\.0 without a digest, so the name alone says what runs\.$/,
    remedy: /images -- --record/,
  },
  {
    check: brought.SECRETS,
    plant: async ({ client }) => {
      const secrets = client(SecretsManagerClient);
      const SecretId = 'platform/prod/sentry-dsn';
      await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      return () => secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'dsn' }));
    },
    says: /^The secret platform\/prod\/sentry-dsn has no value\.$/,
    remedy: /put-secret-value .*--secret-id platform\/prod\/sentry-dsn/,
  },
];
