// The tables of the SQLite store, as the list of steps that lead to them. A step that was published is
// never changed: what it lacks is a new step. PRAGMA user_version counts the steps done.

export const migrations: readonly string[] = [
  `
  create table learners (
    id text primary key,
    created_at integer not null
  ) strict;

  create table labs (
    number integer primary key,
    lab text not null unique,
    learner text not null references learners (id),
    created_at integer not null
  ) strict;
  create index labs_by_learner on labs (learner, number);

  create table progress (
    learner text not null references learners (id),
    course text not null,
    version integer not null,
    chapter text not null,
    step text not null,
    check_id text not null,
    seen text not null,
    at real not null,
    lab text not null,
    primary key (learner, course, version, chapter, step, check_id)
  ) strict, without rowid;
  `,
];
