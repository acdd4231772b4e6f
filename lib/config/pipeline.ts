import type { PipelineConfig } from './schema/pipeline';

export type { PipelineConfig, ServiceSource } from './schema/pipeline';

const REPOSITORY = 'example/service-management-platform';

/** Replace it, service by service, with the repositories of your own. */
const example = { repository: REPOSITORY, branch: 'main', folder: 'examples/service' };

/** Which environments are delivered: staging, then prod once a person has approved; and what their images are built from. */
export const pipeline: PipelineConfig = {
  tags: { owner: 'platform-team', costCenter: 'platform' },
  repository: REPOSITORY,
  branch: 'main',
  notify: {
    emails: ['platform-team@platform.com'],
    slack: { workspaceId: 'T0123ABCD', channelId: 'C0123DEPLOY' },
  },
  stages: [
    {
      environment: 'staging',
      connectionArn:
        'arn:aws:codeconnections:ap-southeast-1:222222222222:connection/00000000-0000-0000-0000-000000000000',
      manualApproval: false,
    },
    {
      environment: 'prod',
      connectionArn:
        'arn:aws:codeconnections:ap-southeast-1:333333333333:connection/00000000-0000-0000-0000-000000000000',
      manualApproval: true,
    },
  ],
  builds: {
    'api-gateway': example,
    frontend: example,
    'auth-service': example,
    'tenant-service': example,
    'service-registry': example,
  },
};
