const CDK = '/node_modules/(?:aws-cdk-lib|cdk-nag|constructs|zod|@aws-cdk)/';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/assemblies/environment.ts',
  globalSetup: '<rootDir>/test/assemblies/setup.ts',
  globalTeardown: '<rootDir>/test/assemblies/teardown.ts',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    [`${CDK}.*\\.c?js$`]: '<rootDir>/test/assemblies/outside.js',
  },
  transformIgnorePatterns: [CDK.replace('(?:', '(?!(?:').replace(')/', ')/)')],
  testTimeout: 600_000, // milliseconds: no verdict depends on how fast a machine is
  maxWorkers: '100%', // a core left free is a core of two
};
