import { migrations as builtIn, type Migration } from '../../migrations';
import { SqliteDatabase } from '../../sqlite-database';

/** A table of the ledger, as the migrations make it. */
export interface Table {
  name: string;
  columns: string[];
  /** Columns of the primary key, in order. */
  key: string[];
  /** Rows may be large, because there is a column for bytes. */
  large: boolean;
}

interface ColumnRow {
  name: string;
  type: string;
  pk: number;
}

/** All tables of the present schema, by name. Asked of an empty ledger in memory, so that no migration is forgotten. */
export function ledgerTables(migrations: readonly Migration[] = builtIn): Table[] {
  const db = SqliteDatabase.open(':memory:', { readOnly: false, busyTimeoutMs: 1000 });
  try {
    for (const { statements } of migrations) for (const statement of statements) db.run(statement);
    const tables = db.all<{ name: string }>(`select name from sqlite_master where type = 'table' order by name`);
    return tables.map(({ name }) => {
      const columns = db.all<ColumnRow>(`select name, lower(type) as type, pk from pragma_table_info($1)`, [name]);
      return {
        name,
        columns: columns.map((column) => column.name),
        key: columns
          .filter(({ pk }) => pk > 0)
          .sort((a, b) => a.pk - b.pk)
          .map((column) => column.name),
        large: columns.some(({ type }) => type === 'bytea'),
      };
    });
  } finally {
    db.close();
  }
}
