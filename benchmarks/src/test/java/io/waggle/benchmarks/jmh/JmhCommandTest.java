package io.waggle.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is refused before anything is measured. */
class JmhCommandTest {
  @Test
  void aNameThatNoBenchmarkHasIsNamed() {
    JmhCommand command = CommandLine.populateCommand(new JmhCommand(), "NoSuchThing");

    assertThatThrownBy(command::call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("NAME: NoSuchThing (expected: a part of a benchmark's name; -l lists them)");
  }

  @Test
  void anOptionThatJmhDoesNotTakeIsNamed() {
    JmhCommand command = new JmhCommand();
    new CommandLine(command)
        .setUnmatchedOptionsArePositionalParams(true)
        .parseArgs("Slots", "-f", "many");

    assertThatThrownBy(command::call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("OPTION: Slots -f many (expected: options of JMH: ");
  }
}
