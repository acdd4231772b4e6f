import { selects } from '../../rehearsal/src/cluster/selector';
import { hasNamespace, isNamespaced, isPlaceholder, kindOf, MADE, podsOf, type Known } from './contents';

/** A call of kubectl, and what it finds in a cluster. */
interface Call {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly objects: readonly Known[];
  /** Those of the objects that are in the namespace that it names. */
  readonly here: readonly Known[];
}

/** Other names of options. */
const LONG: Readonly<Record<string, string>> = {
  n: 'namespace',
  l: 'selector',
  c: 'container',
  A: 'all-namespaces',
  f: 'filename',
  o: 'output',
};
/** Options that take a value, which may be the next word. */
const VALUED = new Set(
  'namespace selector container output filename as for since sort-by field-selector server tls-server-name'.split(' '),
);

/** The words and the options of a call, up to `--`: the rest is another program's. */
const parsed = (args: readonly string[]): Pick<Call, 'words' | 'options'> => {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (let at = 0; at < own.length; at++) {
    const [, name, value] = own[at]!.match(/^--?([\w-]+)(?:=(.*))?$/) ?? [];
    const long = LONG[name!] ?? name;
    if (long === undefined) words.push(own[at]!);
    else options[long] = value ?? (VALUED.has(long) ? (own[++at] ?? '') : 'true');
  }
  return { words, options };
};

/** Problems of a call of kubectl, beside a cluster with these objects. */
export const kubectlProblems = (args: readonly string[], objects: readonly Known[]): readonly string[] => {
  const { words, options } = parsed(args);
  const { namespace } = options;
  if (namespace !== undefined && !hasNamespace(namespace, objects)) return [`there is no namespace ${namespace}`];
  const isHere = ({ metadata }: Known) =>
    namespace === undefined || isPlaceholder(namespace) || metadata.namespace === namespace;
  const call: Call = { words: words.slice(1), options, objects, here: objects.filter(isHere) };
  const verb = VERBS[words[0]!];
  if (!verb) return [`kubectl ${words[0]} is not known to this check (checks/commands/kubectl.ts)`];
  return [...selection(call), ...verb(call)];
};

const selection = ({ options: { selector, container, namespace }, here }: Call): readonly string[] => {
  const pods = here.flatMap(podsOf);
  const matchLabels = Object.fromEntries((selector ?? '').split(',').map((term) => term.split(/==?/)));
  return [
    ...(selector === undefined || isPlaceholder(selector) || pods.some(({ labels }) => selects({ matchLabels }, labels))
      ? []
      : [`the selector ${selector} selects no pod of ${namespace ?? 'the cluster'}`]),
    ...(container === undefined || pods.some(({ containers }) => containers.includes(container))
      ? []
      : [`no pod of ${namespace ?? 'the cluster'} has a container ${container}`]),
  ];
};

/** Whether a kind is looked for where its objects are. */
const place = (kind: string, { options }: Call): readonly string[] =>
  isNamespaced(kind) && options.namespace === undefined && options['all-namespaces'] === undefined
    ? [`${kind} is looked up in the namespace default, which holds nothing of this platform: add -n NAMESPACE`]
    : [];

const one = (kind: string, name: string, call: Call): readonly string[] => {
  const isThere =
    kind === 'Pod'
      ? call.here.flatMap(podsOf).some(({ owner }) => owner === `StatefulSet/${name.replace(/-\d+$/, '')}`)
      : call.here.some((object) => object.kind === kind && object.metadata.name === name);
  const where = call.options.namespace ?? 'the cluster';
  return isPlaceholder(name) || isThere ? place(kind, call) : [`there is no ${kind} ${name} in ${where}`];
};

/** Problems of named objects: `KIND NAME…`, `KIND/NAME…` or `KIND,KIND`. */
const named = (words: readonly string[], call: Call): readonly string[] => {
  const [first, ...names] = words;
  if (first === undefined) return [];
  const pairs: readonly (readonly [word: string, name?: string])[] = first.includes('/')
    ? words.map((word): [string, string?] => word.split('/', 2) as [string, string])
    : first
        .split(',')
        .flatMap((word): [string, string?][] => (names.length > 0 ? names.map((name) => [word, name]) : [[word]]));
  return pairs.flatMap(([word, name]) => {
    const kind = kindOf(word, call.objects);
    if (kind === undefined) return [`there is no resource ${word}`];
    return name === undefined ? place(kind, call) : one(kind, name, call);
  });
};

/** A list that leaves out those of other namespaces. */
const list = (call: Call): readonly string[] => {
  const kinds = call.words.length === 1 ? call.words[0]!.split(',').map((word) => kindOf(word, call.objects)) : [];
  const isElsewhere = (object: Known) =>
    kinds.includes(object.kind) && !MADE.has(object.kind) && !call.here.includes(object);
  const elsewhere = call.options.selector === undefined ? call.objects.filter(isElsewhere).slice(0, 1) : [];
  return [
    ...named(call.words, call),
    ...elsewhere.map(
      ({ kind, metadata }) => `the ${kind} ${metadata.name} of ${metadata.namespace} is not in it: say -A`,
    ),
  ];
};

/** A pod, or what has some: `NAME`, `deploy/NAME`. */
const podOf = (call: Call): readonly string[] => {
  const [target] = call.words;
  if (target === undefined) return [];
  return target.includes('/') ? named([target], call) : one('Pod', target, call);
};

const port = ({ words: [target, numbers], here }: Call): readonly string[] => {
  const service = here.find(({ kind, metadata }) => kind === 'Service' && target?.endsWith(`/${metadata.name}`));
  const number = Number(numbers?.split(':').at(-1));
  return service && !service.spec?.ports?.some((each) => each.port === number)
    ? [`${target} has no port ${number}`]
    : [];
};

const account = ({ options, objects }: Call): readonly string[] => {
  const [, namespace, name] = options.as?.match(/^system:serviceaccount:([^:]+):(.+)$/) ?? [];
  const isIt = ({ kind, metadata }: Known) =>
    kind === 'ServiceAccount' && metadata.name === name && metadata.namespace === namespace;
  return name === undefined || objects.some(isIt) ? [] : [`there is no service account ${namespace}/${name}`];
};

const all = (call: Call): readonly string[] => named(call.words, call);
const nothing = (): readonly string[] => [];

/** Problems of the objects that each command names. */
const VERBS: Readonly<Record<string, (call: Call) => readonly string[]>> = {
  get: list,
  describe: all,
  delete: all,
  wait: all,
  top: all,
  logs: podOf,
  exec: podOf,
  'port-forward': (call) => [...podOf(call), ...port(call)],
  rollout: (call) => named(call.words.slice(1), call),
  auth: (call) => [...named(call.words.slice(2, 3), call), ...account(call)],
  drain: (call) => call.words.flatMap((name) => (isPlaceholder(name) ? [] : [`there is no node ${name}`])),
  apply: nothing,
  config: nothing,
  diff: nothing,
};
