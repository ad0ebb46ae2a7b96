package io.waggle.benchmarks;

import io.waggle.benchmarks.bakeoff.BakeOffCommand;
import io.waggle.benchmarks.delay.DelayCommand;
import io.waggle.benchmarks.freshness.FreshnessCommand;
import io.waggle.benchmarks.interactions.InteractionsCommand;
import io.waggle.benchmarks.jmh.JmhCommand;
import io.waggle.benchmarks.jmh.SpoolCommand;
import io.waggle.benchmarks.jmh.StepsCommand;
import io.waggle.benchmarks.learn.LearnCommand;
import io.waggle.benchmarks.load.LoadCommand;
import io.waggle.benchmarks.load.RestartCommand;
import io.waggle.benchmarks.merge.MergeCommand;
import io.waggle.benchmarks.power.PowerCommand;
import io.waggle.benchmarks.result.CompareCommand;
import io.waggle.benchmarks.retrieval.RetrievalCommand;
import io.waggle.benchmarks.scoring.ScoringCommand;
import io.waggle.benchmarks.sessions.SessionsCommand;
import io.waggle.benchmarks.tastes.TastesCommand;
import io.waggle.benchmarks.users.UsersCommand;
import io.waggle.benchmarks.validity.ValidityCommand;
import io.waggle.benchmarks.value.ValueCommand;
import picocli.CommandLine;

/**
 * {@code waggle bench}: the load generator, and every other benchmark as a subcommand. Exit codes
 * are those of {@code waggle}.
 */
public final class Bench {
  private Bench() {}

  /** Runs a command line. */
  public static void main(String[] arguments) {
    // Kafka's and Flink's threads are not daemons: the process ends here, whatever still runs.
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine bench = new CommandLine(new LoadCommand());
    bench.setCommandName("waggle bench");
    CommandLine jmh = new CommandLine(new JmhCommand());
    // JMH's own options go to JMH.
    jmh.setUnmatchedOptionsArePositionalParams(true);
    bench
        .addSubcommand(jmh)
        .addSubcommand(new CompareCommand())
        .addSubcommand(new BakeOffCommand())
        .addSubcommand(new DelayCommand())
        .addSubcommand(new FreshnessCommand())
        .addSubcommand(new InteractionsCommand())
        .addSubcommand(new LearnCommand())
        .addSubcommand(new MergeCommand())
        .addSubcommand(new PowerCommand())
        .addSubcommand(new RestartCommand())
        .addSubcommand(new RetrievalCommand())
        .addSubcommand(new ScoringCommand())
        .addSubcommand(new SessionsCommand())
        .addSubcommand(new SpoolCommand())
        .addSubcommand(new StepsCommand())
        .addSubcommand(new TastesCommand())
        .addSubcommand(new UsersCommand())
        .addSubcommand(new ValidityCommand())
        .addSubcommand(new ValueCommand());
    return bench.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("waggle: " + failure.getMessage());
          if (!(failure instanceof IllegalArgumentException)) {
            failure.printStackTrace(command.getErr());
          }
          return 1;
        });
  }
}
