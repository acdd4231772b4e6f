import type { PipelineConfig } from './schema/pipeline';

export type { PipelineConfig } from './schema/pipeline';

/** The delivery pipeline: staging, then prod once a person has approved. */
export const pipeline: PipelineConfig = {
  account: '444444444444',
  region: 'ap-southeast-1',
  tags: { owner: 'platform-team', costCenter: 'platform' },
  repository: 'example/service-management-platform',
  branch: 'main',
  connectionArn: 'arn:aws:codeconnections:ap-southeast-1:444444444444:connection/00000000-0000-0000-0000-000000000000',
  notifyEmails: ['platform-team@platform.com'],
  stages: [
    { environment: 'staging', manualApproval: false },
    { environment: 'prod', manualApproval: true },
  ],
};
