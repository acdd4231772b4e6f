import { spawnSync } from 'node:child_process';

/** Calls a function, with an AWS that answers from what is given and writes down what it is asked to change. */
const CALL = `
import datetime, json, os, sys, types
code, environment, fakes, given = json.load(sys.stdin)
now = datetime.datetime.now(datetime.timezone.utc)

def read(value):
    if isinstance(value, dict):
        if list(value) == ["ago"]:
            return now - datetime.timedelta(minutes=value["ago"])
        return {key: read(each) for key, each in value.items()}
    return [read(each) for each in value] if isinstance(value, list) else value

given = read(given)
done = []
exec(fakes)
sys.modules["boto3"] = types.SimpleNamespace(client=lambda service, region_name=None: Client(service, region_name))
os.environ.update(environment)
names = {}
exec(code, names)
failed = None
try:
    names["handler"]({}, None)
except RuntimeError as error:
    failed = str(error)
print(json.dumps({"done": done, "failed": failed}))
`;

export interface ScheduledCall {
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Python that defines `Client(service, region)`. It reads `given`, and appends to `done` what it changes. */
  readonly fakes: string;
  readonly given: object;
}

/** Calls a scheduled function; returns what it changes, and how it fails. */
export const scheduled = ({
  code,
  environment,
  fakes,
  given,
}: ScheduledCall): { done: unknown[]; failed: string | null } => {
  const input = JSON.stringify([code, environment, fakes, given]);
  const { stdout, stderr } = spawnSync('python3', ['-c', CALL], { encoding: 'utf8', input });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
};
