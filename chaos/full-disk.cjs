// Loaded in front of Node-RED (NODE_OPTIONS=--require). While the file named by CHAOS_FULL_DISK exists, SQLite databases
// cannot grow: real SQLITE_FULL errors by SQLite's own page limit, on any system and without the rights to mount a small disk.
const { existsSync } = require('node:fs');

const flag = process.env.CHAOS_FULL_DISK;
const sqlite = process.getBuiltinModule('node:sqlite');
const { exec, prepare } = sqlite.DatabaseSync.prototype;
const limited = new WeakSet();

sqlite.DatabaseSync.prototype.exec = function (text) {
  const full = existsSync(flag);
  if (full !== limited.has(this) && text.startsWith('begin')) {
    if (full) limited.add(this);
    else limited.delete(this);
    const { page_count: pages } = prepare.call(this, 'pragma page_count').get();
    exec.call(this, `pragma max_page_count = ${full ? pages : 1_073_741_823}`);
  }
  return exec.call(this, text);
};
