import { command } from '../../rehearsal/src/command-line';
import { environment, environmentNames } from '../../lib/config';
import { aging } from '../../lib/model/versions';

// A warning, not a failure: that time passes breaks no build.
const warn = () => {
  const configs = environmentNames.map((name) => environment(name));
  const warnings = aging(new Date(), {
    kubernetes: configs.map(({ cluster }) => cluster.kubernetesVersion),
    mysql: configs.map(({ mysql }) => mysql.engineVersion),
  });
  for (const warning of warnings) console.warn(`warning: ${warning}`);
  if (warnings.length === 0) console.log('every version in use has support for months to come');
};

void command({ usage: 'usage: npm run check:versions\n\nWarns of versions that leave support.' }, warn);
