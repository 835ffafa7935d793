// Loaded into a process (`node --require`) whose clock shall be wrong by `CLOCK_WRONG_BY_MS` milliseconds.
const wrongBy = Number(process.env.CLOCK_WRONG_BY_MS);
const RealDate = Date;

globalThis.Date = class WrongDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + wrongBy] : given));
  }

  static now() {
    return RealDate.now() + wrongBy;
  }
};
