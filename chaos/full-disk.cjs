// Loaded in front of Node-RED (NODE_OPTIONS=--require). While the file named by CHAOS_FULL_DISK exists, no transaction that
// writes finds space: real SQLITE_FULL errors by SQLite's own page limit, on any system and without the rights to mount a
// small disk.
const { existsSync } = require('node:fs');

const flag = process.env.CHAOS_FULL_DISK;
const { prototype } = process.getBuiltinModule('node:sqlite').DatabaseSync;
const { exec, prepare } = prototype;
const unlimited = 1_073_741_823;

prototype.exec = function (text) {
  exec.call(this, text);
  if (text !== 'begin immediate' || !existsSync(flag)) return;
  const { page_count: pages } = prepare.call(this, 'pragma page_count').get();
  exec.call(this, `pragma max_page_count = ${pages}`);
  try {
    // More than the pages that happen to be free inside the file can take.
    exec.call(this, 'create table chaos_fills_the_disk as select zeroblob(67108864)');
  } finally {
    // SQLite may have rolled back by itself.
    if (this.isTransaction !== false) exec.call(this, 'rollback');
    exec.call(this, `pragma max_page_count = ${unlimited}`);
  }
};
