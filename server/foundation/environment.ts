// Environments of child processes: exactly the variables that are named, nothing inherited.

/**
 * The type that spawn wants. Next's types demand NODE_ENV in every environment of the program; a learner's
 * shell must not have it.
 */
export function exactEnvironment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const environment: Partial<NodeJS.ProcessEnv> = { ...variables };
  return withoutDemands(environment) ? environment : { NODE_ENV: 'production' };
}

/** Always true: tells the compiler that an environment without NODE_ENV is one. */
function withoutDemands(environment: Partial<NodeJS.ProcessEnv>): environment is NodeJS.ProcessEnv {
  return typeof environment === 'object';
}
