import { join } from 'node:path';
import { replaceIn } from '../rehearsed-copy';

/** A release that must go back by itself. */
export interface Release {
  readonly title: string;
  readonly edit: (folder: string) => void;
  /** The alarm that fires in the second minute after the deployment: its name, after that of the environment. @default - none */
  readonly fires?: string;
  /** Why the stage ends. */
  readonly because: RegExp;
  /** Whether its pods ever get a request. */
  readonly serves: boolean;
}

const tagged = (folder: string) =>
  replaceIn(join(folder, 'test', 'fixtures', 'services.ts'), "tag: '1.0.0'", "tag: '1.0.1'");

/** `npm run check:rollback` lets a pipeline deploy each of them. */
export const RELEASES: readonly Release[] = [
  {
    title: 'pods that are ready, and requests that fail: an alarm fires',
    edit: tagged,
    fires: 'load-balancer-errors',
    because: /^Critical-load-balancer: platform-\w+-load-balancer-critical is ALARM in minute 2$/,
    serves: true,
  },
  {
    title: 'pods that never get ready: the deployment fails',
    edit: (folder) => {
      tagged(folder);
      replaceIn(
        join(folder, 'lib', 'kubernetes', 'service.ts'),
        'readinessProbe: probe(definition.probes.readiness,',
        "readinessProbe: probe('/never-ready',",
      );
    },
    because: /Timeout waiting for output from kubectl command/,
    serves: false,
  },
];
