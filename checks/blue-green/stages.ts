import type { Edit } from '../rehearsed-copy';

/** A deployment, one after the other over the same environment, and what it must come to. */
export interface Stage {
  readonly title: string;
  /** The project as it is deployed. */
  readonly edits: readonly Edit[];
  /** The colors that users meet meanwhile, one after the other. Callers in the cluster meet the same. */
  readonly met: readonly string[];
  /** Rules of the load balancer that it changes. */
  readonly rules: number;
  /** Its failure. @default - it succeeds */
  readonly refusal?: RegExp;
}

/** The releases of the fixture, with these colors of the gateway. */
const colors = (gateway: string): Edit => [
  'test/fixtures/services.ts',
  "colorsOf(name).length > 0 ? { live: 'blue', blue: RELEASE } : RELEASE",
  `name === 'api-gateway' ? ${gateway} : colorsOf(name).length > 0 ? { live: 'blue', blue: RELEASE } : RELEASE`,
];

/** Pods of green that the load balancer never finds healthy. */
const unhealthy: Edit = [
  'lib/kubernetes/service.ts',
  'readinessProbe: probe(definition.probes.readiness,',
  "readinessProbe: probe(props.color === 'green' ? '/nowhere' : definition.probes.readiness,",
];

/** The wait for one pod of the release, or the one for all pods of the color: no reference orders the two. */
const WAITS =
  /waits until its deadline: .*waits for target-health\.elbv2\.k8s\.aws\/api-gateway-green|Release-api-gateway-green\S* .*Timeout waiting for output/;

/** From blue to green and back, in small commits and at once. At the end everything is as at the beginning. */
export const STAGES: readonly Stage[] = [
  {
    title: 'green is brought',
    edits: [colors("{ live: 'blue', blue: RELEASE, green: RELEASE }")],
    met: ['blue'],
    rules: 0,
  },
  {
    title: 'a switch to green',
    edits: [colors("{ live: 'green', blue: RELEASE, green: RELEASE }")],
    met: ['blue', 'green'],
    rules: 1,
  },
  {
    title: 'the way back',
    edits: [colors("{ live: 'blue', blue: RELEASE, green: RELEASE }")],
    met: ['green', 'blue'],
    rules: 1,
  },
  {
    title: 'a switch to green, whose new pods never become ready',
    edits: [colors("{ live: 'green', blue: RELEASE, green: RELEASE }"), unhealthy],
    met: ['blue'],
    rules: 0,
    refusal: WAITS,
  },
  { title: 'green is removed', edits: [colors("{ live: 'blue', blue: RELEASE }")], met: ['blue'], rules: 0 },
  {
    title: 'green is brought and takes over, and blue is removed, at once',
    edits: [colors("{ live: 'green', green: RELEASE }")],
    met: ['blue', 'green'],
    rules: 1,
  },
  {
    title: 'the same with blue, which never becomes ready',
    edits: [
      colors("{ live: 'blue', blue: RELEASE }"),
      [unhealthy[0], unhealthy[1], unhealthy[2].replace("'green'", "'blue'")],
    ],
    met: ['green'],
    rules: 0,
    refusal: new RegExp(WAITS.source.replaceAll('green', 'blue')),
  },
  {
    title: 'the same with blue',
    edits: [colors("{ live: 'blue', blue: RELEASE }")],
    met: ['green', 'blue'],
    rules: 1,
  },
];
