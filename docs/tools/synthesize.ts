import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../../lib/config/environment';

/** Synthesizes an environment. Tests share their assemblies; a program makes its own. */
export type Synthesize = (config: EnvironmentConfig) => CloudAssembly;
