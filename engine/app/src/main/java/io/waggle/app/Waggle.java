package io.waggle.app;

import io.waggle.app.admin.ExplainCommand;
import io.waggle.app.admin.ModelsCommand;
import io.waggle.app.admin.PoliciesCommand;
import io.waggle.app.cluster.ClusterCommand;
import io.waggle.app.dashboard.DashboardCommand;
import io.waggle.app.topics.TopicsCommand;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 done, 1 a check failed, a service refused or something broke, 2
 * the command line is wrong.
 */
@Command(
    name = "waggle",
    description = "Learns from what users do, as they do it, and ranks the next request with it.",
    mixinStandardHelpOptions = true,
    versionProvider = Waggle.Version.class,
    subcommands = {
      DevCommand.class,
      DemoCommand.class,
      ClusterCommand.class,
      DashboardCommand.class,
      ReplayCommand.class,
      EvaluateCommand.class,
      LogCommand.class,
      FeaturesCommand.class,
      BenchCommand.class,
      RebuildCommand.class,
      PoliciesCommand.class,
      ModelsCommand.class,
      ExplainCommand.class,
      ConfigCommand.class,
      TopicsCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Waggle implements Runnable {
  static final int FAILED = 1;

  /** As wide as the longest line of a command's description. */
  private static final int HELP_COLUMNS = 100;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--stacktrace",
      description = "Show where an error came from.",
      scope = CommandLine.ScopeType.INHERIT)
  private boolean stacktrace;

  public static void main(String[] arguments) {
    // Kafka's and Flink's threads are not daemons: the process ends here, whatever still runs.
    System.exit(execute(arguments));
  }

  /** Runs a command line and returns its exit code. */
  static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** The command line itself, for whoever checks arguments without running them. */
  public static CommandLine commandLine() {
    Waggle waggle = new Waggle();
    return new CommandLine(waggle)
        .setUsageHelpWidth(HELP_COLUMNS)
        .registerConverter(Duration.class, Waggle::duration)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              explain(command.getErr(), failure, waggle.stacktrace);
              return FAILED;
            });
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandLine.TypeConversionException(
          text + " (expected: a duration in ISO-8601, as PT15M)");
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  private static void explain(PrintWriter err, Exception failure, boolean stacktrace) {
    if (stacktrace) {
      failure.printStackTrace(err);
    } else {
      String said = all(failure);
      err.println("waggle: " + said);
      for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
        String reason = message(cause);
        if (!said.contains(reason)) {
          err.println("  because " + reason);
        }
        said = reason;
      }
    }
    err.flush();
  }

  /** What is refused may break several rules, each a line; of other failures the first line. */
  private static String all(Exception failure) {
    String message = failure.getMessage();
    return failure instanceof IllegalArgumentException && message != null && !message.isBlank()
        ? message
        : message(failure);
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message);
  }

  /** The version the build put into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Waggle.class.getPackage().getImplementationVersion();
      return new String[] {
        "waggle " + (version == null ? "(built from classes)" : version),
        "Java " + System.getProperty("java.version")
      };
    }
  }
}
