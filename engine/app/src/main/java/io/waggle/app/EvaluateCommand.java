package io.waggle.app;

import io.waggle.app.evaluate.EvaluationPage;
import io.waggle.app.evaluate.EvaluationPlan;
import io.waggle.app.evaluate.EvaluationReport;
import io.waggle.app.evaluate.LogEvaluation;
import io.waggle.app.evaluate.LogSource;
import io.waggle.app.evaluate.RewardModelKind;
import io.waggle.app.evaluate.SearchSpace;
import io.waggle.app.log.LogFormats;
import io.waggle.app.replay.PolicyTables;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.offline.Candidate;
import io.waggle.core.offline.Estimator;
import io.waggle.core.offline.FeatureReference;
import io.waggle.core.offline.OfflineSettings;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates policies on logs, here and now. */
@Command(
    name = "evaluate",
    description = {
      "Evaluate any number of policies on logs, without a cluster.",
      "Each predicts a decision, is evaluated on it, then learns it. Uniform, baseline and the log",
      "itself are always there.",
      "Records that cannot be used are counted and shown."
    },
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  private static final long LINE_EVERY_MILLIS = 5_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "LOG", arity = "1..*", description = "Logs, in the order of time.")
  private List<Path> logs = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Format of the logs (default: by the ending of their names).")
  private @Nullable String format;

  @Option(
      names = "--policy",
      paramLabel = "NAME=ARGS",
      description = "A Vowpal Wabbit policy that learns from the log.")
  private Map<String, String> learners = new LinkedHashMap<>();

  @Option(
      names = "--policy-table",
      paramLabel = "NAME=FILE",
      description = "A fixed policy from a CSV file: item_id and prob_position_N or probability.")
  private Map<String, Path> tables = new LinkedHashMap<>();

  @Option(
      names = "--policies",
      paramLabel = "FILE",
      description = "A surface's file: its policies, reward range, floor and propensity bound.")
  private @Nullable Path policies;

  @Option(
      names = "--search",
      paramLabel = "FILE",
      description = "A search space: candidates from lists of options, most of them ended early.")
  private @Nullable Path search;

  @Option(
      names = "--ablate",
      paramLabel = "NAME",
      description = "What this candidate loses without each namespace and feature.")
  private @Nullable String ablate;

  @Option(
      names = "--ablate-features",
      paramLabel = "N",
      description = "Most features to leave out (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + EvaluationPlan.AblationPlan.FEATURES)
  private int ablateFeatures = EvaluationPlan.AblationPlan.FEATURES;

  @Option(
      names = "--segment",
      paramLabel = "FEATURE",
      description = "Values by this context or session feature too: namespace.feature, or feature.")
  private List<String> segments = new ArrayList<>();

  @Option(
      names = "--reward-model",
      paramLabel = "MODEL",
      description =
          "What DM and DR expect by: online, tabular or none (default: ${DEFAULT-VALUE}).",
      defaultValue = "online")
  private String rewardModel = "online";

  @Option(
      names = "--reward-model-by",
      paramLabel = "FEATURE",
      description = "A feature that the tabular model tells apart besides actions.")
  private List<String> rewardModelBy = new ArrayList<>();

  @Option(
      names = "--rank-by",
      paramLabel = "ESTIMATOR",
      description = "Estimator to rank by (default: dr with a reward model, else snips).")
  private @Nullable String rankBy;

  @Option(names = "--reward-min", description = "Smallest reward possible (default: 0).")
  private @Nullable Double rewardMin;

  @Option(names = "--reward-max", description = "Largest reward possible (default: 1).")
  private @Nullable Double rewardMax;

  @Option(
      names = "--exploration-floor",
      description = "Floor that learners are served with (default: 0.02).")
  private @Nullable Double explorationFloor;

  @Option(
      names = "--min-propensity",
      description = "Decisions of a smaller logged propensity are bad (default: 1e-4).")
  private @Nullable Double minPropensity;

  @Option(
      names = "--shares",
      split = ",",
      paramLabel = "POLICY=SHARE",
      description = "Shares of the users that the policies which decided were meant to get.")
  private Map<String, Double> shares = new LinkedHashMap<>();

  @Option(
      names = "--alpha",
      description = "Error probability of an interval, both sides together (default: 0.05).")
  private @Nullable Double alpha;

  @Option(names = "--threads", paramLabel = "N", description = "Default: one a core.")
  private @Nullable Integer threads;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a report with charts: one file that needs no network.")
  private @Nullable Path html;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EvaluationPlan plan = plan();
    Path folder = Files.createTempDirectory("waggle-evaluate");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.remove(folder), "waggle-sweep"));
    Logging.toFile(folder);
    LiveScreen screen =
        new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
    EvaluationReport report = LogEvaluation.run(plan, screen);
    report.lines().forEach(screen::say);
    if (json != null) {
      JsonFile.write(json, report.figures());
    }
    if (html != null) {
      EvaluationPage.write(html, report);
    }
    return 0;
  }

  private EvaluationPlan plan() throws IOException {
    SurfaceConfig surface = surface();
    Surface defaults = surface == null ? null : Surface.of(surface);
    List<LogSource> sources = new ArrayList<>();
    for (Path log : logs) {
      sources.add(() -> LogFormats.open(log, format));
    }
    try {
      return new EvaluationPlan(
          sources,
          logs.stream().map(EvaluateCommand::shown).toList(),
          candidates(surface),
          search == null ? null : SearchSpace.read(search),
          new OfflineSettings(
              or(rewardMin, defaults == null ? 0 : defaults.reward().min()),
              or(rewardMax, defaults == null ? 1 : defaults.reward().max()),
              or(
                  explorationFloor,
                  defaults == null
                      ? Surface.DEFAULT_EXPLORATION_FLOOR
                      : defaults.explorationFloor()),
              or(
                  minPropensity,
                  defaults == null ? Surface.DEFAULT_MIN_PROPENSITY : defaults.minPropensity()),
              or(alpha, defaults == null ? Surface.DEFAULT_ALPHA : defaults.alpha())),
          segments.stream().map(FeatureReference::new).toList(),
          rewardModel(),
          rewardModelBy.stream().map(FeatureReference::new).toList(),
          estimator(),
          ablate == null ? null : new EvaluationPlan.AblationPlan(ablate, ablateFeatures),
          shares,
          threads());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static double or(@Nullable Double given, double otherwise) {
    return given == null ? otherwise : given;
  }

  /** The last two names of a path: enough to know it by. */
  private static String shown(Path log) {
    int names = log.getNameCount();
    return names <= 2 ? log.toString() : log.subpath(names - 2, names).toString();
  }

  private @Nullable SurfaceConfig surface() {
    if (policies == null) {
      return null;
    }
    List<SurfaceConfig> read = SurfaceFiles.read(policies);
    if (read.size() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--policies: " + policies + ": " + read.size() + " surfaces (expected: one)");
    }
    return read.get(0);
  }

  private List<Candidate> candidates(@Nullable SurfaceConfig surface) throws IOException {
    List<PolicyConfig> given = new ArrayList<>();
    if (surface != null) {
      given.addAll(surface.getPoliciesList());
    }
    for (Map.Entry<String, Path> table : tables.entrySet()) {
      given.add(
          PolicyConfig.newBuilder()
              .setName(table.getKey())
              .setTable(PolicyTables.read(table.getValue()))
              .build());
    }
    learners.forEach(
        (name, arguments) ->
            given.add(
                PolicyConfig.newBuilder()
                    .setName(name)
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
                    .build()));
    // A surface's own policy of such a name stands for the one that is always there.
    Stream.of(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance())
                .build(),
            PolicyConfig.newBuilder()
                .setName("baseline")
                .setBaseline(BaselinePolicy.getDefaultInstance())
                .build())
        .filter(
            always ->
                given.stream()
                    .noneMatch(
                        each ->
                            each.getName().equals(always.getName())
                                && each.getKindCase() == always.getKindCase()))
        .toList()
        .forEach(given::add);
    List<Candidate> candidates = new ArrayList<>(given.stream().map(Candidate::of).toList());
    candidates.add(Candidate.logged());
    return candidates;
  }

  private RewardModelKind rewardModel() {
    return Stream.of(RewardModelKind.values())
        .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(rewardModel))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--reward-model: %s (expected: one of %s)"
                        .formatted(
                            rewardModel,
                            Stream.of(RewardModelKind.values())
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")))));
  }

  private @Nullable Estimator estimator() {
    if (rankBy == null) {
      return null;
    }
    return Stream.of(Estimator.values())
        .filter(each -> each.label().equals(rankBy))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--rank-by: %s (expected: one of %s)"
                        .formatted(
                            rankBy,
                            Stream.of(Estimator.values())
                                .map(Estimator::label)
                                .collect(Collectors.joining(", ")))));
  }

  private int threads() {
    int chosen = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (chosen < 1 || chosen > 256) {
      throw new IllegalArgumentException("--threads: " + chosen + " (expected: 1 to 256)");
    }
    return chosen;
  }
}
