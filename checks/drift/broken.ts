/** A comparison that is broken on purpose, and the line of the check that has to fail then. */
export interface Broken {
  readonly title: string;
  /** File of the project, a text that it has once, and another in its place. */
  readonly edit: readonly [file: string, text: string, instead: string];
  readonly fails: RegExp;
}

const OBJECTS = 'verify/facts/objects.ts';
const DIFFERENCES = 'verify/drift/differences.ts';
const DRIFTS = 'verify/facts/drifts.ts';
const OWNED = 'verify/drift/owned.ts';

export const BROKEN: readonly Broken[] = [
  {
    title: 'objects that are gone are left out',
    edit: [OBJECTS, "return { ...about, state: 'missing', path, list };", 'return undefined;'],
    fails: /does not name once .*auth-service does not exist/,
  },
  {
    title: 'lists are not compared',
    edit: [
      DIFFERENCES,
      'if (Array.isArray(wanted) && Array.isArray(found)) {',
      'if (Array.isArray(wanted)) return [];\n  {',
    ],
    fails: /does not name once .*NetworkPolicy/,
  },
  {
    title: 'only fields of the manifest are compared, as by a merge of three ways',
    edit: [DIFFERENCES, '[...Object.keys(wanted), ...Object.keys(found)]', 'Object.keys(wanted)'],
    fails: /does not name once .*BY_HAND/,
  },
  {
    title: 'objects beside those of the templates are not looked for',
    edit: [OBJECTS, '!names.has(', 'false && !names.has('],
    fails: /does not name once .*by-hand is in no template/,
  },
  {
    title: 'rules beside those of the templates are not looked for',
    edit: ['verify/facts/rules.ts', '!planned.some(', 'false && !planned.some('],
    fails: /does not name once .*lets tcp 3306/,
  },
  {
    title: 'deleted resources are left out',
    edit: [DRIFTS, 'return [{ logicalId, type, id, differences: [] }];', 'return [];'],
    fails: /does not name once .*6379.* is deleted/,
  },
  {
    title: 'every property is owned',
    edit: [DRIFTS, 'OWNED_PROPERTIES.some(', "type !== '' || OWNED_PROPERTIES.some("],
    fails: /does not name once .*Threshold/,
  },
  {
    title: 'nobody owns the size of a node group',
    edit: ['lib/model/owned-properties.ts', "type: 'AWS::EKS::Nodegroup'", "type: 'AWS::EKS::Cluster'"],
    fails: /it names "AWS::EKS::Nodegroup .*DesiredSize/,
  },
  {
    title: 'nobody owns replicas',
    edit: [OWNED, 'when: isScaled,', 'when: (...all) => !isScaled(...all),'],
    fails: /it names "Deployment platform-core\/tenant-service is changed: spec\.replicas/,
  },
  {
    title: 'nobody owns the time of a restart',
    edit: [OWNED, "'kubectl.kubernetes.io/restartedAt'", "'kubectl.kubernetes.io/startedAt'"],
    fails: /it names "Deployment platform-core\/service-registry is changed: .*restartedAt/,
  },
];
