package io.waggle.core.log;

/** A log of which each line is a decision. One thread. */
interface LineFormat {
  /**
   * The decision of a line.
   *
   * @param line its bytes; not empty, not only white space
   * @param number of the line in the file, from 1
   * @throws UnusableLineException when it gives none
   */
  LoggedDecision decision(byte[] line, long number) throws UnusableLineException;
}
