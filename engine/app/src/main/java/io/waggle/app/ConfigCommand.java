package io.waggle.app;

import io.waggle.app.configuration.Installation;
import io.waggle.app.configuration.Installation.Findings;
import io.waggle.app.configuration.SurfaceTrial;
import io.waggle.core.surface.Surface;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Configuration: {@code config check FILE}. */
@Command(
    name = "config",
    description = "Work with configuration files.",
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "check",
      description = {
        "Check a surface file, every *.yaml of a directory of them, or a whole configuration:",
        "a directory with session-job.yaml, learning-job.yaml and ranking-service.yaml, and the",
        "surfaces that they name; more learning jobs are learning-NAME-job.yaml.",
        "0: the jobs and the service take it. 1: the fields and the rules they break are printed."
      },
      mixinStandardHelpOptions = true)
  int check(
      @Parameters(paramLabel = "FILE", description = "The file or directory.") Path file,
      @Option(
              names = "--surfaces",
              paramLabel = "FILE",
              description = {
                "Where the surfaces of a whole configuration are on this machine",
                "(default: where its files say)."
              })
          @Nullable Path surfaces) {
    if (Installation.isIn(file)) {
      return whole(file, surfaces);
    }
    if (surfaces != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--surfaces: %s (expected: only with a whole configuration, %s is none)"
              .formatted(surfaces, file));
    }
    print(file, SurfaceTrial.read(file));
    return 0;
  }

  private int whole(Path directory, @Nullable Path surfaces) {
    Findings findings = Installation.check(directory);
    List<String> problems = new ArrayList<>(findings.problems());
    Path read = surfaces == null ? findings.surfaces() : surfaces;
    if (read != null) {
      try {
        print(read, SurfaceTrial.read(read));
      } catch (IllegalArgumentException | UncheckedIOException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    problems.forEach(spec.commandLine().getErr()::println);
    spec.commandLine().getErr().flush();
    out.printf(
        "%s: %s%n",
        directory,
        problems.isEmpty()
            ? "both jobs and the service take it"
            : problems.size() + " problem(s), see above");
    out.flush();
    return problems.isEmpty() ? 0 : Waggle.FAILED;
  }

  private void print(Path file, List<Surface> surfaces) {
    PrintWriter out = spec.commandLine().getOut();
    for (Surface surface : surfaces) {
      out.printf(
          "%s: %s, live policy %s, %d actions in the catalogue%n",
          file, surface.name(), surface.livePolicy(), surface.catalogue().size());
    }
    out.printf(
        "%d surface(s) and %d policies are good.%n",
        surfaces.size(), surfaces.stream().mapToInt(surface -> surface.policies().size()).sum());
    out.flush();
  }
}
