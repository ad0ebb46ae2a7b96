package io.waggle.app.admin;

import picocli.CommandLine.Option;

/** Who asks for a change. */
final class Author {
  @Option(names = "--author", description = "Who changes it (default: ${DEFAULT-VALUE}).")
  private String name = System.getProperty("user.name", "");

  String name() {
    return name;
  }
}
