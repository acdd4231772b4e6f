/** The layers, lowest first. A file imports files of its own folder and of the rows below; folders of one row do not see each other. */
const LAYERS = [
  ['lib/model/'],
  ['lib/config/'],
  ['lib/constructs/', 'lib/kubernetes/'],
  ['lib/stacks/'],
  ['lib/platform.ts', 'lib/policy.ts'],
  ['lib/pipeline/'],
  ['bin/'],
];

/** The beginning of every command, which knows nothing of their work. */
const COMMAND_LINE = 'rehearsal/src/command-line.ts';

const ours = '^(bin|checks|docs|doctor|images|lib|lint|rehearsal|review|test|verify)/';
const startsWith = (paths) => `^(${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})`;

const layers = LAYERS.flatMap((row, index) =>
  row.map((layer) => ({
    name: `${layer}-imports-lower-layers-only`,
    severity: 'error',
    from: { path: startsWith([layer]) },
    to: {
      path: ours,
      pathNot: startsWith([layer, ...LAYERS.slice(0, index).flat(), ...(layer === 'bin/' ? [COMMAND_LINE] : [])]),
    },
  })),
);

/** A folder beside the layers, and the files of the project that it may import. */
const allowed = (name, folder, pathNot, why) => ({
  name,
  comment: why,
  severity: 'error',
  from: { path: startsWith([folder]) },
  to: { path: ours, pathNot },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    ...[{}, { orphan: true }].map((also) => ({
      name: 'every-file-belongs-to-a-layer',
      severity: 'error',
      from: { path: '^(lib|bin)/', pathNot: startsWith(LAYERS.flat()), ...also },
      to: {},
    })),
    allowed(
      'rehearsal-knows-no-app',
      'rehearsal/',
      '^rehearsal/',
      'The folder of an app is an argument of the rehearsal.',
    ),
    allowed(
      'review-knows-what-the-app-makes',
      'review/',
      '^(lib/(config/(index|environment)|platform|policy)\\.ts|(rehearsal|review)/)',
      'A review does not know how the app makes it.',
    ),
    allowed(
      'doctor-knows-what-an-environment-is',
      'doctor/',
      '^(rehearsal/src/command-line\\.ts|lib/(config/(index|environment)|model/edge-region|platform)\\.ts|(doctor|rehearsal/src/provider)/)',
      'The doctor knows what an environment is, what it makes and what AWS says, not how.',
    ),
    allowed(
      'verify-knows-what-an-environment-is-and-how-the-doctor-asks',
      'verify/',
      '^(rehearsal/src/command-line\\.ts|lib/(config/(index|environment|derive/public-sites)|model/(edge-region|owned-properties|services))\\.ts|doctor/|verify/)',
      'A verification knows the public sites, what an environment makes and what AWS says, not how it is made.',
    ),
    allowed(
      'images-knows-which-images-there-are',
      'images/',
      '^(rehearsal/src/(cache|command-line|process)\\.ts|lib/(config/(index|environment|pipeline|derive/deployments)|model/images)\\.ts|lib/model/upstream-digests\\.json|images/)',
      'What copies images knows which ones an environment runs, not what runs them.',
    ),
    {
      name: 'aws-sdk-only-where-the-doctor-and-verify-ask',
      severity: 'error',
      from: { path: '^(doctor|verify)/', pathNot: '^(doctor/aws\\.ts|verify/mend\\.ts|(doctor|verify)/facts/)' },
      to: { path: '@(aws-sdk|smithy)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    parser: 'swc', // dependency-cruiser 17.4.3 reads TypeScript up to 6 with TypeScript's own parser.
    doNotFollow: { path: 'node_modules' },
  },
};
