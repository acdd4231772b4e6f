import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { validated } from '../../lib/config';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { platform } from '../../lib/platform';
import { environment } from '../../test/fixtures';

const { monitoring, cluster, ...prod } = environment('prod');

/** Production, with what no environment has as it is committed: a channel of Slack, a key pair. */
export const SUBJECT: EnvironmentConfig = validated({
  ...prod,
  monitoring: {
    ...monitoring,
    notify: {
      ...monitoring.notify,
      critical: { ...monitoring.notify.critical, slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } },
    },
  },
  cluster: {
    ...cluster,
    nodeGroups: { ...cluster.nodeGroups, database: { ...cluster.nodeGroups.database, sshKeyName: 'operators' } },
  },
});

/** Synthesizes it into a folder. */
export const synthesize = (outdir: string): void => {
  const { context } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'cdk.json'), 'utf8'));
  const app = new App({ outdir, context, builtinCloudFormationValidation: false });
  platform(new Construct(app, SUBJECT.name), SUBJECT);
  app.synth();
};
