import type { PipelineConfig } from './schema/pipeline';

export type { PipelineConfig } from './schema/pipeline';

/** Which environments are delivered: staging, then prod once a person has approved. */
export const pipeline: PipelineConfig = {
  tags: { owner: 'platform-team', costCenter: 'platform' },
  repository: 'example/service-management-platform',
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
};
