import type { EnvironmentName, OwnerTags } from './environment';

/** Where the source lives, which account runs the pipeline, and what it promotes. */
export interface PipelineConfig {
  /** AWS account of the pipeline: 12 digits. */
  readonly account: string;
  readonly region: string;
  /** On every resource that takes tags. */
  readonly tags: OwnerTags;
  /** Repository, `owner/name`. */
  readonly repository: string;
  /** Branch that is deployed. */
  readonly branch: string;
  /** ARN of the CodeConnections connection; made and authorized once by hand in the console. */
  readonly connectionArn: string;
  /** E-mail addresses that hear of a failure, and of a stage that waits for a person; each confirms its subscription once. */
  readonly notifyEmails: readonly string[];
  /** Environments in the order of promotion. */
  readonly stages: readonly PipelineStageConfig[];
}

/** One environment that the pipeline deploys. */
export interface PipelineStageConfig {
  readonly environment: EnvironmentName;
  /** Wait for a person before this stage. */
  readonly manualApproval: boolean;
}

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
