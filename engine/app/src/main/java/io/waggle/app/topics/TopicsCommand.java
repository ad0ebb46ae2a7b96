package io.waggle.app.topics;

import io.waggle.app.report.JsonFile;
import io.waggle.app.report.Table;
import io.waggle.app.topics.TopicDifferences.Difference;
import io.waggle.state.topic.TopicPlan;
import io.waggle.state.topic.TopicSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The topics of an installation: {@code topics create|check}. */
@Command(
    name = "topics",
    description = "Make and check the topics on Kafka.",
    mixinStandardHelpOptions = true)
public final class TopicsCommand implements Runnable {
  private static final int DIFFERENT = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** How the topics should be, and where the answer goes. */
  static final class Wanted {
    @Option(
        names = "--bootstrap",
        required = true,
        paramLabel = "HOST:PORT,...",
        description = "Kafka's addresses.")
    private String bootstrap = "";

    @Mixin private ClientFile clientFile = new ClientFile();

    @Option(
        names = "--partitions",
        paramLabel = "N",
        description = {
          "Partitions of topics keyed by user, decision or item (default: ${DEFAULT-VALUE});",
          "models, evaluations and control always have one."
        })
    private int partitions = 16;

    @Option(
        names = "--replicas",
        paramLabel = "N",
        description = "Copies of each partition (default: ${DEFAULT-VALUE}).")
    private int replicas = 3;

    @Option(
        names = "--min-in-sync",
        paramLabel = "N",
        description =
            "Copies that have a record before it is acknowledged (default: one less than --replicas).")
    private @Nullable Integer minInSync;

    @Option(
        names = "--retention",
        paramLabel = "DURATION",
        description = {
          "How long topics that are not compacted keep records, as PT168H",
          "(default: ${DEFAULT-VALUE}, seven days)."
        })
    private Duration retention = TopicSettings.RETENTION;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the answer as JSON.")
    private @Nullable Path json;

    List<TopicPlan> plans() {
      int inSync = minInSync == null ? Math.max(1, replicas - 1) : minInSync;
      return TopicPlan.all(
          new TopicSettings(partitions, replicas, inSync, retention, TopicSettings.Disk.LARGE));
    }
  }

  /**
   * The topics that options of {@code create} and {@code check} ask for.
   *
   * @throws picocli.CommandLine.ParameterException when an option is wrong
   * @throws IllegalArgumentException when a value is out of range
   */
  public static List<TopicPlan> plans(List<String> options) {
    Wanted wanted = new Wanted();
    CommandSpec spec =
        CommandSpec.create().addMixin("wanted", CommandSpec.forAnnotatedObject(wanted));
    new CommandLine(spec).parseArgs(options.toArray(new String[0]));
    return wanted.plans();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "create",
      description = {
        "Create the topics that are missing; those that are there stay as they are.",
        "0: done, or with --dry-run would be. 1: one that was there differs, or the broker refused."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Mixin Wanted wanted,
      @Option(names = "--dry-run", description = "Only say what would be created.")
          boolean dryRun) {
    List<TopicPlan> plans = wanted.plans();
    try (BrokerTopics topics = new BrokerTopics(wanted.clientFile.reach(wanted.bootstrap))) {
      List<String> missing;
      if (dryRun) {
        Map<String, FoundTopic> found = topics.find(plans);
        missing =
            plans.stream().map(TopicPlan::name).filter(name -> !found.containsKey(name)).toList();
      } else {
        missing = topics.create(plans);
      }
      print(plans.stream().filter(plan -> missing.contains(plan.name())).toList(), dryRun);
      List<TopicPlan> others =
          plans.stream().filter(plan -> !missing.contains(plan.name())).toList();
      return judge(wanted, others, topics, missing);
    }
  }

  @Command(
      name = "check",
      description = {
        "Say where the topics are not as they should be; changes nothing.",
        "0: all are as they should be. 1: one differs or is missing, or the broker did not answer."
      },
      mixinStandardHelpOptions = true)
  int check(@Mixin Wanted wanted) {
    List<TopicPlan> plans = wanted.plans();
    try (BrokerTopics topics = new BrokerTopics(wanted.clientFile.reach(wanted.bootstrap))) {
      return judge(wanted, plans, topics, List.of());
    }
  }

  private void print(List<TopicPlan> created, boolean dryRun) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %d topics%n", dryRun ? "would create" : "created", created.size());
    Table table = new Table("topic", "partitions", "replicas", "clean-up");
    for (TopicPlan plan : created) {
      table.row(
          plan.name(),
          Integer.toString(plan.partitions()),
          Integer.toString(plan.replicas()),
          String.valueOf(plan.configs().get(TopicPlan.CLEANUP_POLICY)));
    }
    if (!created.isEmpty()) {
      table.lines().forEach(out::println);
    }
    out.flush();
  }

  private int judge(
      Wanted wanted, List<TopicPlan> plans, BrokerTopics topics, List<String> created) {
    List<Difference> differences =
        plans.isEmpty() ? List.of() : TopicDifferences.of(plans, topics.find(plans));
    PrintWriter out = spec.commandLine().getOut();
    differences.forEach(out::println);
    out.printf(
        "%d topics checked, %s%n",
        plans.size(),
        differences.isEmpty() ? "all as they should be" : differences.size() + " differences");
    out.flush();
    if (wanted.json != null) {
      JsonFile.write(wanted.json, answer(wanted.plans(), created, differences));
    }
    return differences.isEmpty() ? 0 : DIFFERENT;
  }

  private static Map<String, Object> answer(
      List<TopicPlan> plans, List<String> created, List<Difference> differences) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("topics", plans);
    answer.put("created", created);
    answer.put("differences", differences);
    return answer;
  }
}
