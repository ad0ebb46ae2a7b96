package io.waggle.app;

import io.waggle.core.model.CommandLineTrial;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Configuration: {@code config check FILE}. */
@Command(name = "config", description = "Work with surface files.", mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "check",
      description = {
        "Check a surface file, or every *.yaml of a directory.",
        "0: the jobs and the service take it. 1: the field and the rule it breaks are printed."
      },
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "FILE", description = "The file or directory.") Path file) {
    PrintWriter out = spec.commandLine().getOut();
    int policies = 0;
    int surfaces = 0;
    for (SurfaceConfig config : SurfaceFiles.read(file)) {
      Surface surface = Surface.of(config);
      for (PolicyConfig policy : surface.policies()) {
        open(file, surface, policy);
        policies++;
      }
      surfaces++;
      out.printf(
          "%s: %s, live policy %s, %d actions in the catalogue%n",
          file, surface.name(), surface.livePolicy(), surface.catalogue().size());
    }
    out.printf("%d surface(s) and %d policies are good.%n", surfaces, policies);
    out.flush();
    return 0;
  }

  /** Lets the learner read its own arguments: only VW knows all its options. */
  private static void open(Path file, Surface surface, PolicyConfig policy) {
    if (!policy.hasVowpalWabbit()) {
      return;
    }
    String arguments = policy.getVowpalWabbit().getArguments();
    String problem = CommandLineTrial.problem(arguments);
    if (problem != null) {
      throw new IllegalArgumentException(
          "%s: %s: policy %s: vowpal_wabbit.arguments: %s: %s"
              .formatted(file, surface.name(), policy.getName(), arguments, problem));
    }
  }
}
