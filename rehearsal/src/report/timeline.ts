import { readdirSync, readFileSync } from 'node:fs';

/** Something that took time, in seconds since the rehearsal began. */
export interface Span {
  readonly title: string;
  readonly start: number;
  readonly seconds: number;
}

/** A step of a rehearsal. */
export interface StepSpan extends Span {
  /** Seconds of CPU that the rehearsal and all that it started took meanwhile. 0 where the system does not tell. */
  readonly cpu: number;
  /** Whether it went on beside other steps, whose CPU is not told from its own. @default false */
  readonly beside?: boolean;
}

/** One operation of CloudFormation on a resource. */
export interface ResourceSpan extends Span {
  readonly stack: string;
  readonly type: string;
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE';
}

/** Where the time of a rehearsal went: `timeline.json` in its folder. */
export interface Timeline {
  readonly target: string;
  readonly steps: readonly StepSpan[];
  readonly resources: readonly ResourceSpan[];
}

/** An event of a stack as CloudFormation tells it. */
export interface StackEvent {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The operation on each resource, from the events of its beginning and its end. `origin`: when the rehearsal began, in milliseconds. */
export const resourceSpans = (events: readonly StackEvent[], origin: number): readonly ResourceSpan[] => {
  const begun = new Map<string, StackEvent>();
  return events.flatMap((event) => {
    const [, action, end] = /^(CREATE|UPDATE|DELETE)_(IN_PROGRESS|COMPLETE|FAILED)$/.exec(event.status) ?? [];
    const key = `${event.stack} ${event.logicalId} ${action}`;
    if (end === 'IN_PROGRESS') begun.set(key, event);
    const start = begun.get(key)?.time;
    if (end === undefined || end === 'IN_PROGRESS' || start === undefined) return [];
    begun.delete(key);
    const { stack, logicalId: title, type, time } = event;
    const span = { title, start: (start - origin) / 1000, seconds: (time - start) / 1000 };
    return [{ ...span, stack, type, action: action as ResourceSpan['action'] }];
  });
};

const TICKS = 100; // per second, on every Linux: sysconf(_SC_CLK_TCK)
const PAGE = 4096 / 2 ** 20; // MiB of a page of memory, on amd64 and most others: sysconf(_SC_PAGESIZE)

/** CPU time of this process and its descendants. */
export interface Usage {
  /** Seconds of CPU, those of programs that have ended and were waited for too. */
  readonly cpu: number;
  /** MiB of memory, in which what they share counts for each. */
  readonly memory: number;
}

/** CPU time and memory of this process and all that it started. Nothing where there is no /proc. */
export const treeUsage = (): Usage => {
  const children = new Map<number, number[]>();
  const own = new Map<number, Usage>();
  try {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      const { parent, usage } = stat(name);
      own.set(Number(name), usage);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
  } catch {
    return NOTHING;
  }
  const sum = (pid: number): Usage => (children.get(pid) ?? []).map(sum).reduce(add, own.get(pid) ?? NOTHING);
  return sum(process.pid);
};

/** The CPU of this process and all that it started, in seconds. */
export const cpuSeconds = (): number => treeUsage().cpu;

const NOTHING: Usage = { cpu: 0, memory: 0 };

const add = (one: Usage, other: Usage): Usage => ({ cpu: one.cpu + other.cpu, memory: one.memory + other.memory });

/** The parent of a process, its memory, and its CPU with that of its children that have ended; nothing of one that is gone. */
const stat = (pid: string): { readonly parent: number; readonly usage: Usage } => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // a name may hold anything
    const cpu = fields.slice(11, 15).reduce((total, each) => total + Number(each), 0) / TICKS;
    return { parent: Number(fields[1]), usage: { cpu, memory: Number(fields[21]) * PAGE } };
  } catch {
    return { parent: 0, usage: NOTHING };
  }
};
