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
}

/** What CloudFormation did with a resource. */
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

/** What became of each resource, from the events of its beginning and its end. `origin`: when the rehearsal began, in milliseconds. */
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

/** Seconds of CPU of this process, all that it started, and all that those have waited for. 0 where there is no /proc. */
export const cpuSeconds = (): number => {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  try {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      const [pid, parent, used] = stat(Number(name));
      ticks.set(pid, used);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
  } catch {
    return 0;
  }
  const used = (pid: number): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + used(child), ticks.get(pid) ?? 0);
  return used(process.pid) / TICKS;
};

/** Process, parent, and ticks of the process with those of its children that have ended; nothing of one that is gone. */
const stat = (pid: number): readonly [number, number, number] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // a name may hold anything
    return [pid, Number(fields[1]), fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)];
  } catch {
    return [pid, 0, 0];
  }
};
