package io.waggle.app.admin;

import com.google.protobuf.Duration;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What a policy is to be: a command line, or a YAML file. */
final class PolicySource {
  @ArgGroup(multiplicity = "1")
  private What what = new What();

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "First learn the decisions of the last so many seconds.")
  private @Nullable Long warmUpSeconds;

  /** One of two. */
  static final class What {
    @Option(
        names = "--arguments",
        paramLabel = "COMMAND_LINE",
        description = "A Vowpal Wabbit command line, quoted.")
    private @Nullable String arguments;

    @Option(
        names = "--file",
        description = {
          "A YAML file that is one policy as it stands among a surface's policies,",
          "or a whole surface that has one of that name."
        })
    private @Nullable Path file;
  }

  /**
   * The policy.
   *
   * @throws IllegalArgumentException when the file is no policy of that name
   */
  PolicyConfig policy(String name) {
    PolicyConfig.Builder policy =
        what.file != null
            ? SurfaceFiles.readPolicy(what.file, name).toBuilder()
            : PolicyConfig.newBuilder()
                .setName(name)
                .setVowpalWabbit(
                    VowpalWabbitPolicy.newBuilder()
                        .setArguments(what.arguments == null ? "" : what.arguments));
    if (warmUpSeconds != null) {
      policy.setWarmUp(Duration.newBuilder().setSeconds(warmUpSeconds));
    }
    return policy.build();
  }
}
