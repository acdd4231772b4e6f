import type { Json } from '../../review/assembly';
import { between, warned, type Resources } from './commented';

const nodes = (MaxSize: number) => ({
  Nodes: { Type: 'AWS::EKS::Nodegroup', Properties: { ScalingConfig: { MinSize: 3, MaxSize, DesiredSize: 3 } } },
});

test('of a property that is an object, what differs in it is told', () => {
  expect(between(nodes(20), nodes(24))).toContain('| `ScalingConfig` `MaxSize: 20 → 24` |');
});

/** Two node groups behind a launch template. */
const groups = (properties: Json, data: Json = {}): Resources => ({
  Template12345678: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { ImageId: 'a', ...data } } },
  ...Object.fromEntries(
    ['One', 'Two'].map((id) => [
      id,
      {
        Type: 'AWS::EKS::Nodegroup',
        Properties: { LaunchTemplate: { Id: { Ref: 'Template12345678' } }, Version: '1.35', ...properties },
      },
    ]),
  ),
});

const REFUSED = 'cannot be deployed';
const ROLLED = 'replaces every node';

test.each<[string, Json, Json, readonly string[]]>([
  ['labels and taints', { Labels: { a: 'b' }, Taints: [{ Key: 'a' }] }, {}, []],
  ['labels and tags', { Labels: { a: 'b' }, Tags: { a: 'b' } }, {}, []],
  ['a version and a release of it', { Version: '1.36', ReleaseVersion: '1.36.1-20260101' }, {}, [ROLLED]],
  ['a release and labels', { ReleaseVersion: '1.36.1-20260101', Labels: { a: 'b' } }, {}, [REFUSED, ROLLED]],
  ['a version and tags', { Version: '1.36', Tags: { a: 'b' } }, {}, [REFUSED, ROLLED]],
  ['the launch template', {}, { ImageId: 'b' }, [ROLLED]],
  ['the launch template and tags', { Tags: { a: 'b' } }, { ImageId: 'b' }, [REFUSED, ROLLED]],
  ['the launch template and a release', { ReleaseVersion: '1.35.1-20260101' }, { ImageId: 'b' }, [REFUSED, ROLLED]],
  ['another group', { InstanceTypes: ['m5.large'], Version: '1.36', Tags: { a: 'b' } }, {}, ['will be replaced']],
])('of a node group: %s', (_, properties, data, told) => {
  expect(warned(between(groups({}), groups(properties, data))).filter((line) => !/Two`/.test(line))).toEqual(
    told.map((words) => expect.stringContaining(words)),
  );
});

const sized = (MaxSize: number, more: Json = {}) => groups({ ScalingConfig: { MinSize: 3, MaxSize, ...more } });

test('a number of nodes that goes along with other sizes is told, and none that is left out', () => {
  expect(warned(between(sized(20, { DesiredSize: 3 }), sized(24, { DesiredSize: 3 })))).toEqual([
    '> - **prod** `platform-prod-mysql` **sets the number of nodes** of `One` and 1 more and terminates those beyond it, because `DesiredSize` goes ' +
      'along with a change of sizes. Fill in `deployed.nodeGroups` first',
  ]);
  expect(warned(between(sized(20, { DesiredSize: 3 }), sized(24)))).toEqual([]);
});
