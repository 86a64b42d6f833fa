// The language of checks: CEL with the types, variables and functions of the snapshot, and its limits.
// Knows no course and no snapshot.
import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { ExpressionKind } from '../../../content/step-rules.ts';
import { messageOf } from '../../foundation/errors.ts';
import { namespaceKinds } from '../../protocol/namespace-id.ts';
import { chargeLists, charging, isSameButCharged } from './charging.ts';
import { functions } from './functions.ts';
import { GroupValue } from './group-values.ts';
import { LinkValue, NetworkValue, RouteValue, RuleValue } from './network-values.ts';
import {
  CapabilitiesValue,
  EndedValue,
  FileValue,
  InsideValue,
  LabValue,
  MountValue,
  NamespacesValue,
  PlaceValue,
  ProcessValue,
  UserValue,
} from './values.ts';

/** The longest check of our course has 90 nodes and is 12 deep. */
const LIMITS = { maxAstNodes: 400, maxDepth: 40, maxListElements: 64, maxMapEntries: 16 };

const namespaceFields = {
  cgroup: 'string',
  ipc: 'string',
  mnt: 'string',
  net: 'string',
  pid: 'string',
  time: 'string',
  user: 'string',
  uts: 'string',
};

const conditions = new Environment({ limits: LIMITS })
  .registerType('Namespaces', { ctor: NamespacesValue, fields: namespaceFields })
  .registerType('Place', {
    ctor: PlaceValue,
    fields: { path: 'string', device: 'string', inode: 'string' },
  })
  .registerType('Inside', { ctor: InsideValue, fields: { real: 'int', effective: 'int' } })
  .registerType('User', {
    ctor: UserValue,
    fields: { real: 'int', effective: 'int', inside: 'Inside' },
  })
  .registerType('Capabilities', {
    ctor: CapabilitiesValue,
    fields: {
      effective: 'string',
      permitted: 'string',
      inheritable: 'string',
      ambient: 'string',
      bounding: 'string',
    },
  })
  .registerType('Process', {
    ctor: ProcessValue,
    fields: {
      pid: 'int',
      pids: 'list<int>',
      parent: 'int',
      user: 'User',
      state: 'string',
      name: 'string',
      command: 'list<string>',
      executable: 'string',
      root: 'Place',
      workingDirectory: 'Place',
      namespaces: 'Namespaces',
      childPidNamespace: 'string',
      procNamespace: 'string',
      group: 'string',
      terminal: 'int',
      seccomp: 'int',
      noNewPrivileges: 'bool',
      alive: 'bool',
      capabilities: 'Capabilities',
    },
  })
  .registerType('Mount', {
    ctor: MountValue,
    fields: {
      target: 'string',
      root: 'string',
      type: 'string',
      source: 'string',
      options: 'list<string>',
      propagation: 'string',
      peerGroup: 'int',
      master: 'int',
      lower: 'list<string>',
      upper: 'string',
      work: 'string',
    },
  })
  .registerType('Group', {
    ctor: GroupValue,
    fields: {
      path: 'string',
      memory: 'int',
      memoryLimit: 'int',
      kills: 'int',
      processes: 'int',
      processLimit: 'int',
      refused: 'int',
      cores: 'double',
      throttled: 'int',
    },
  })
  .registerType('File', {
    ctor: FileValue,
    fields: {
      kind: 'string',
      device: 'string',
      inode: 'string',
      user: 'int',
      mode: 'int',
      size: 'int',
    },
  })
  .registerType('Link', {
    ctor: LinkValue,
    fields: {
      index: 'int',
      name: 'string',
      kind: 'string',
      up: 'bool',
      carrier: 'bool',
      mac: 'string',
      mtu: 'int',
      bridge: 'int',
      peer: 'int',
      peerNetwork: 'string',
      addresses: 'list<string>',
      receivedPackets: 'int',
      sentPackets: 'int',
    },
  })
  .registerType('Route', {
    ctor: RouteValue,
    fields: { destination: 'string', gateway: 'string', link: 'int' },
  })
  .registerType('Rule', {
    ctor: RuleValue,
    fields: {
      family: 'string',
      table: 'string',
      chain: 'string',
      hook: 'string',
      type: 'string',
      action: 'string',
      to: 'string',
      matches: 'map<string, string>',
      more: 'bool',
      packets: 'int',
    },
  })
  .registerType('Network', {
    ctor: NetworkValue,
    fields: {
      id: 'string',
      paths: 'list<string>',
      links: 'list<Link>',
      routes: 'list<Route>',
      rules: 'list<Rule>',
    },
  })
  // dyn, since both may be null: equality with a number is then simply false.
  .registerType('Ended', {
    ctor: EndedValue,
    fields: { process: 'Process', code: 'dyn', signal: 'dyn', sender: 'string' },
  })
  .registerType('Lab', { ctor: LabValue, fields: { namespaces: 'Namespaces', root: 'Place' } })
  .registerVariable('lab', 'Lab')
  .registerVariable('processes', 'list<Process>')
  .registerVariable('containers', 'list<Process>')
  .registerVariable('mounts', 'list<Mount>')
  .registerVariable('networks', 'list<Network>')
  .registerVariable('groups', 'list<Group>')
  .registerVariable('files', 'map<string, File>')
  .registerVariable('ended', 'list<Ended>');
for (const [signature, handler] of functions) conditions.registerFunction(signature, handler);

const hints = conditions.clone().registerVariable('printed', 'string');
const answers = conditions.clone().registerVariable('answer', 'string');

const environments: Record<ExpressionKind, Environment> = {
  condition: conditions,
  hint: hints,
  parameter: conditions,
  answer: answers,
};

const run: Record<ExpressionKind, Environment> = {
  condition: charging(conditions),
  hint: charging(hints),
  parameter: charging(conditions),
  answer: charging(answers),
};

const resultTypes: Record<ExpressionKind, readonly string[]> = {
  condition: ['bool'],
  hint: ['bool'],
  parameter: ['string', 'int'],
  answer: ['bool'],
};

/** What is wrong with an expression, as a sentence without a full stop; undefined when it is well. */
export function checkExpression(source: string, kind: ExpressionKind): string | undefined {
  // A learner chooses most strings, and a backtracking pattern could run for minutes on one of them.
  if (/\.\s*matches\s*\(/.test(source)) {
    return 'the expression uses matches(), which is not allowed: use ==, startsWith or endsWith';
  }
  const result = environments[kind].check(source);
  if (!result.valid) {
    const summary = result.error?.summary ?? 'unknown error';
    const at =
      result.error?.range === undefined ? '' : ` at ${placeOf(source, result.error.range.start)}`;
    return `the expression cannot be understood${at}: ${summary}`;
  }
  const wrongKind = findWrongKind(environments[kind].parse(source).ast);
  if (wrongKind !== undefined) return wrongKind;
  const wanted = resultTypes[kind];
  if (result.type !== undefined && wanted.includes(result.type)) return findChanged(source, kind);
  return `the expression is of type ${result.type ?? 'unknown'}, not ${wanted.join(' or ')}`;
}

/** What runs is not what was written but what is printed from it with its charges: it must mean the same. */
function findChanged(source: string, kind: ExpressionKind): string | undefined {
  let changed: string;
  try {
    const charged = chargeLists(source, environments[kind]);
    const parsed = run[kind].parse(charged);
    const { valid, error } = parsed.check();
    if (valid && isSameButCharged(parsed.ast, environments[kind].parse(source).ast))
      return undefined;
    changed = error?.summary ?? charged;
  } catch (error) {
    changed = messageOf(error);
  }
  return `the expression cannot be charged for the lists it goes through: ${changed}`;
}

/** Compiled expression: may throw, and returns what its type promises; it is charged for what it goes through. */
export function compileExpression(
  source: string,
  kind: ExpressionKind,
): (variables: object) => unknown {
  const charged = chargeLists(source, environments[kind]);
  const compiled: (variables: object) => unknown = run[kind].parse(charged);
  return compiled;
}

/** The syntax tree of a condition. Throws when it has none. */
export function parseExpression(source: string): ASTNode {
  return environments.condition.parse(source).ast;
}

/** CEL knows a string where `sameNamespace` wants a kind, and would let it fail at each look. */
function findWrongKind(node: unknown): string | undefined {
  if (Array.isArray(node)) {
    for (const one of node) {
      const found = findWrongKind(one);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isNode(node)) return undefined;
  if (node.op === 'call' && node.args[0] === 'sameNamespace') {
    const [, [, , kind]] = node.args;
    const isKind = kind?.op === 'value' && namespaceKinds.some((one) => one === kind.args);
    if (!isKind) return `sameNamespace wants one of ${namespaceKinds.join(', ')}, as a text`;
  }
  return findWrongKind(node.args);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return before.length === 1
    ? `character ${column}`
    : `its line ${before.length}, character ${column}`;
}
