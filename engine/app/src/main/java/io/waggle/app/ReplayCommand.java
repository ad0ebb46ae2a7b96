package io.waggle.app;

import io.waggle.app.replay.PolicyTables;
import io.waggle.app.replay.Replay;
import io.waggle.app.replay.ReplayReport;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.LiveScreen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates policies on a log of another system, by the learning job itself. */
@Command(
    name = "replay",
    description = {
      "Send a log through the topics and the learning job; print what the policies are worth on it.",
      "Rows that cannot be used are counted and shown."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  private static final long LINE_EVERY_MILLIS = 5_000;

  private static final String OPEN_BANDIT = "open-bandit";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "Layout of the log: open-bandit.")
  private String format = "";

  @Parameters(paramLabel = "DIR", description = "Folder of the data set.")
  private Path directory = Path.of("");

  @Option(
      names = "--log",
      required = true,
      description = "Folder of the log in it, for example random or bts.")
  private String log = "";

  @Option(names = "--campaign", description = "Folder of the campaign (default: the only one).")
  private @Nullable String campaign;

  @Option(
      names = "--policy-table",
      paramLabel = "NAME=FILE",
      description = "A fixed policy from a CSV file: item_id and prob_position_N or probability.")
  private Map<String, Path> tables = new LinkedHashMap<>();

  @Option(
      names = "--policy",
      paramLabel = "NAME=ARGS",
      description = "A Vowpal Wabbit policy that learns from the log.")
  private Map<String, String> learners = new LinkedHashMap<>();

  @Option(
      names = "--count-rewards-by",
      paramLabel = "FEATURE",
      arity = "0..1",
      fallbackValue = "",
      description = {
        "Count mean rewards by action (and by a context feature such as position) in a pass before,",
        "for the direct and doubly robust estimates (default: they are learned online)."
      })
  private @Nullable String rewardsBy;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!format.equals(OPEN_BANDIT)) {
      throw new ParameterException(
          spec.commandLine(), "--format: " + format + " (expected: " + OPEN_BANDIT + ")");
    }
    Replay.Plan plan = new Replay.Plan(directory, log, campaign, candidates(), rewardsBy);
    Path data = Files.createTempDirectory("waggle-replay");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.remove(data), "waggle-sweep"));
    Logging.toFile(data);
    LiveScreen screen =
        new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
    ReplayReport report = Replay.run(plan, data, screen, step -> screen.say("waggle: " + step));
    screen.say("");
    report.lines().forEach(screen::say);
    if (json != null) {
      JsonFile.write(json, report.figures());
    }
    return 0;
  }

  private List<PolicyConfig> candidates() throws IOException {
    List<PolicyConfig> candidates = new ArrayList<>();
    for (Map.Entry<String, Path> table : tables.entrySet()) {
      candidates.add(
          PolicyConfig.newBuilder()
              .setName(table.getKey())
              .setTable(PolicyTables.read(table.getValue()))
              .build());
    }
    learners.forEach(
        (name, arguments) ->
            candidates.add(
                PolicyConfig.newBuilder()
                    .setName(name)
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
                    .build()));
    return candidates;
  }
}
