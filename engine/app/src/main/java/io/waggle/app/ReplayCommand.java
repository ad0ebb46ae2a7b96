package io.waggle.app;

import io.waggle.app.replay.PolicyTables;
import io.waggle.app.replay.Replay;
import io.waggle.app.replay.ReplayReport;
import io.waggle.app.replay.SessionReplay;
import io.waggle.app.replay.SessionReport;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
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
      "Send a log through the topics and a job of an embedded loop.",
      "open-bandit: the learning job; print what the policies are worth on it.",
      "otto: the session job; print sessions, sub-sessions and the signals found.",
      "Rows that cannot be used are counted and shown."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  private static final int MAX_PARALLELISM = 64;
  private static final long LINE_EVERY_MILLIS = 5_000;

  private static final String OPEN_BANDIT = "open-bandit";
  private static final String OTTO = "otto";

  /** Where an otto log happens if no surface is given. */
  private static final SurfaceConfig SHOP =
      SurfaceConfig.newBuilder()
          .setName("otto")
          .setLivePolicy(Replay.UNIFORM)
          .addPolicies(
              PolicyConfig.newBuilder()
                  .setName(Replay.UNIFORM)
                  .setUniform(UniformPolicy.getDefaultInstance()))
          .setReward(RewardConfig.getDefaultInstance())
          .build();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "Layout of the log: open-bandit or otto.")
  private String format = "";

  @Parameters(
      paramLabel = "PATH",
      description = "Folder of the data set (open-bandit), or the file of histories (otto).")
  private Path directory = Path.of("");

  @Option(
      names = "--log",
      description = "open-bandit: folder of the log in it, for example random or bts.")
  private @Nullable String log;

  @Option(
      names = "--surface",
      paramLabel = "FILE",
      description = "otto: the surface whose session settings and signals count (default: none).")
  private @Nullable Path surface;

  @Option(
      names = "--parallelism",
      defaultValue = "1",
      description = "otto: subtasks of the job (default: ${DEFAULT-VALUE}).")
  private int parallelism = 1;

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
    if (!format.equals(OPEN_BANDIT) && !format.equals(OTTO)) {
      throw wrong("--format: " + format + " (expected: " + OPEN_BANDIT + " or " + OTTO + ")");
    }
    return format.equals(OTTO) ? sessions() : policies();
  }

  private int sessions() throws IOException, InterruptedException {
    if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
      throw wrong("--parallelism: " + parallelism + " (expected: 1 to " + MAX_PARALLELISM + ")");
    }
    List<SurfaceConfig> configs = surface == null ? List.of(SHOP) : SurfaceFiles.read(surface);
    if (configs.size() != 1) {
      throw wrong("--surface: " + configs.size() + " surfaces (expected: 1)");
    }
    Path data = data();
    LiveScreen screen = screen();
    SessionReport report =
        SessionReplay.run(
            directory,
            Surface.of(configs.get(0)),
            parallelism,
            data,
            step -> screen.say("waggle: " + step));
    report.lines().forEach(screen::say);
    if (json != null) {
      JsonFile.write(json, report.figures());
    }
    return 0;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static Path data() throws IOException {
    Path data = Files.createTempDirectory("waggle-replay");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.remove(data), "waggle-sweep"));
    Logging.toFile(data);
    return data;
  }

  private LiveScreen screen() {
    return new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
  }

  private int policies() throws IOException, InterruptedException {
    if (log == null) {
      throw wrong("--log: not given (expected: the log's folder, for example random)");
    }
    Replay.Plan plan = new Replay.Plan(directory, log, campaign, candidates(), rewardsBy);
    Path data = data();
    LiveScreen screen = screen();
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
