import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGEST, type Answers } from './answers';

/** Prints what Trivy finds, and ends as its options say: by the severity, and whether an update mends it. */
const TRIVY = `#!/bin/sh
echo "trivy $*" >>"$CALLED"
SEVERITY=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL EXIT=0 UNFIXED=true PLATFORM=$1
for WORD in "$@"; do
  case "$BEFORE" in
    --severity) SEVERITY=$WORD ;;
    --exit-code) EXIT=$WORD ;;
    --platform) PLATFORM=$WORD ;;
  esac
  [ "$WORD" = --ignore-unfixed ] && UNFIXED=false
  BEFORE=$WORD
done
FOUND=$(jq --raw-output --arg of "$PLATFORM" --arg severity "$SEVERITY" --argjson unfixed "$UNFIXED" '
  .[$of] // [] | .[] | select(.severity as $one | $severity | split(",") | any(. == $one)) | select($unfixed or .fixed != "")
  | "\\($of) \\(.package) \\(.installed) \\(.id) \\(.severity), fixed in \\(.fixed)"' "$FINDINGS")
[ -z "$FOUND" ] || { echo "$FOUND"; exit "$EXIT"; }
`;

/** Says that it pushed an image; nothing is built. */
const DOCKER = `#!/bin/sh
echo "docker $*" >>"$CALLED"
[ "$1" != login ] || cat >/dev/null
for WORD in "$@"; do
  [ "$BEFORE" != --metadata-file ] || echo '{"containerimage.digest":"${DIGEST}"}' >"$WORD"
  BEFORE=$WORD
done
`;

/** The real one; only what it asks of the registry about vulnerabilities has a recorded answer. */
const NPM = `#!/bin/sh
case "$*" in
  "audit signatures")
    [ -n "$UNSIGNED" ] || { echo "audited 8 packages in 0s"; echo; echo "8 packages have verified registry signatures"; exit 0; }
    echo "audited 8 packages in 0s"; echo
    echo "1 package has an invalid registry signature:"; echo; echo "$UNSIGNED"; exit 1 ;;
  audit*) npm_config_registry=$REGISTRIES exec "$REAL_NPM" "$@" ;;
  *) exec "$REAL_NPM" "$@" ;;
esac
`;

/** Gives the archive that was put there. */
const CURL = `#!/bin/sh
for WORD in "$@"; do
  [ "$BEFORE" != --output ] || cp "$ARCHIVE" "$WORD"
  BEFORE=$WORD
done
`;

const PROGRAMS = { docker: DOCKER, npm: NPM, curl: CURL, sleep: '#!/bin/sh\n' };

/** Puts the stand-ins of programs into a folder, for what others say. The environment that they need, and the way to them. */
export const programsIn = (folder: string, { files, images, unsigned }: Answers): NodeJS.ProcessEnv => {
  const [bin, packed] = [join(folder, 'bin'), join(folder, 'packed')];
  const paths = {
    CALLED: join(folder, 'called'),
    FINDINGS: join(folder, 'findings.json'),
    ARCHIVE: join(folder, 'trivy.tar.gz'),
  };
  for (const each of [bin, packed]) mkdirSync(each);
  for (const [name, text] of [
    ...Object.entries(PROGRAMS).map(([key, value]) => [join(bin, key), value]),
    [join(packed, 'trivy'), TRIVY],
  ]) {
    writeFileSync(name!, text!);
    chmodSync(name!, 0o755);
  }
  execFileSync('tar', ['-czf', paths.ARCHIVE, '-C', packed, 'trivy']);
  writeFileSync(paths.CALLED, '');
  writeFileSync(paths.FINDINGS, JSON.stringify({ filesystem: files, ...images }));
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return { ...paths, UNSIGNED: unsigned ?? '', REAL_NPM: npm, PATH: `${bin}:${process.env.PATH}` };
};
